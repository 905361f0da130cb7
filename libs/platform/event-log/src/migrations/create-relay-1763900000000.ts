import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRelay1763900000000 implements MigrationInterface {
  readonly name = 'CreateRelay1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the relay knows of the Kafka it fills; its cursor is the row 'relay' of event_log.reader.
      create table event_log.relay (
        is_only      boolean primary key default true check (is_only),
        -- Tells this log's records from those of another database that was pointed at the same topics.
        log_id       uuid not null default gen_random_uuid(),
        -- Goes up whenever the relay starts again at the oldest kept event. 0: it never ran.
        epoch        integer not null default 0,
        cluster_id   text,
        -- The offset after the last acknowledged one: { topic: { partition: offset } }.
        acknowledged json not null default '{}'
      );
      insert into event_log.relay default values;

      -- Now and then: events after the position stand in Kafka at these offsets or later, { topic: { partition: offset } }.
      create table event_log.relay_sample (
        position bigint primary key,
        offsets  json not null
      );

      alter table event_log.reader
        -- Goes up with every replay, so that every instance of the group begins anew.
        add column generation    integer not null default 0,
        -- What a replay begins with: older events that Kafka still holds are not handed over again.
        add column from_position bigint not null default 0;

      -- A chunk holds its group's generation until it ends; a replay waits for those in hand and lets no other begin.
      create function event_log.hold_generation(of_group text) returns integer language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(7106407, hashtext(of_group));
        return (select generation from event_log.reader where group_name = of_group);
      end $$;

      create function event_log.take_generation(of_group text) returns void language sql as
        $$ select pg_advisory_xact_lock(7106407, hashtext(of_group)) $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function event_log.take_generation(text);
      drop function event_log.hold_generation(text);
      alter table event_log.reader drop column generation, drop column from_position;
      drop table event_log.relay_sample;
      drop table event_log.relay;
    `);
  }
}
