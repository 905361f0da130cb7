import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDesk1763800006000 implements MigrationInterface {
  readonly name = 'CreateDesk1763800006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists desk;

      create table desk.lead (
        lead_id        uuid primary key,
        stage          text not null,
        is_test        boolean not null,
        facts_revision integer not null default 0,
        facts          json,
        alternatives   json,
        search         text not null default '',
        score_revision integer not null default 0,
        verdict        text,
        score          json,
        owner          text,
        assignment_id  uuid,
        merged_into    uuid,
        is_erased      boolean not null default false,
        first_position bigint not null
      );
      create index lead_search on desk.lead using gin (to_tsvector('simple', search)) where search <> '';
      create index lead_stage on desk.lead (stage, lead_id);
      create index lead_merged_into on desk.lead (merged_into) where merged_into is not null;

      create table desk.timeline (
        lead_id     uuid not null,
        position    bigint not null,
        at          timestamptz not null,
        recorded_at timestamptz not null,
        type        text not null,
        summary     text not null,
        data        json not null,
        primary key (lead_id, position)
      );
      create index timeline_position on desk.timeline (position);

      create table desk.clock (
        clock_id      uuid primary key,
        lead_id       uuid not null,
        milestone     text not null,
        state         text not null,
        due_at        timestamptz not null,
        assignment_id uuid
      );
      create index clock_lead on desk.clock (lead_id);

      create table desk.member (
        member   text primary key,
        revision integer not null,
        name     text not null,
        team     text not null
      );

      create table desk.company (
        company_id uuid primary key,
        revision   integer not null,
        facts      json not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema desk cascade');
  }
}
