import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEventLog1763800000000 implements MigrationInterface {
  readonly name = 'CreateEventLog1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists event_log;

      create table event_log.event (
        position    bigint generated always as identity primary key,
        topic       text not null,
        key         text not null,
        type        text not null,
        id          uuid not null unique,
        envelope    json not null,
        appended_at timestamptz not null
      );
      create index event_key_position on event_log.event (key, position);
      alter table event_log.event set (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.2);

      create table event_log.reader (
        group_name text primary key,
        position   bigint not null
      );

      create table event_log.inbox (
        group_name text not null,
        event_id   uuid not null,
        position   bigint not null,
        primary key (group_name, event_id)
      );
      create index inbox_position on event_log.inbox (position);

      create table event_log.dead_letter (
        id          uuid primary key,
        group_name  text not null,
        event_id    uuid not null,
        topic       text not null,
        key         text not null,
        type        text not null,
        position    bigint not null,
        envelope    json not null,
        reason      text not null,
        code        text not null,
        is_behind   boolean not null,
        attempt     integer not null,
        parked_at   timestamptz not null default clock_timestamp(),
        tried_at    timestamptz not null default clock_timestamp(),
        unique (group_name, event_id)
      );
      create index dead_letter_key on event_log.dead_letter (group_name, key, position);

      -- Whoever holds this until COMMIT appends next: positions are the order of commits.
      create function event_log.take_lock() returns void language sql as $$ select pg_advisory_xact_lock(7106407) $$;

      -- One at a time for the parked events of one key in one group.
      create function event_log.take_key_lock(group_name text, key text) returns void language sql as
        $$ select pg_advisory_xact_lock(hashtextextended(group_name || '/' || key, 7106407)) $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema event_log cascade');
  }
}
