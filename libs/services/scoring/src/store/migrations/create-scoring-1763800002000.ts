import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateScoring1763800002000 implements MigrationInterface {
  readonly name = 'CreateScoring1763800002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists scoring;

      create table scoring.definition (
        version        integer primary key,
        state          text not null,
        is_starter     boolean not null default false,
        document       json not null,
        hash           text not null,
        created_at     timestamptz not null default clock_timestamp(),
        in_force_since timestamptz
      );
      create unique index definition_in_force on scoring.definition (state) where state = 'in-force';

      -- A tombstone keeps the id, the version and the date of erasure alone.
      create table scoring.lead (
        lead_id          uuid primary key,
        facts            json,
        facts_revision   integer not null,
        asks_for_contact boolean not null,
        company_id       uuid,
        correlation_id   text,
        merged_into      uuid,
        erased_at        timestamptz,
        score_revision   integer not null,
        said             json,
        changes_at       timestamptz,
        version          integer not null
      );
      create index lead_company on scoring.lead (company_id, lead_id) where company_id is not null;
      create index lead_merged_into on scoring.lead (merged_into) where merged_into is not null;
      create index lead_changes_at on scoring.lead (changes_at, lead_id) where changes_at is not null;

      create table scoring.score (
        lead_id            uuid not null,
        revision           integer not null,
        at                 timestamptz not null,
        cause              text not null,
        submission_id      uuid,
        verdict            text not null,
        fit                double precision not null,
        engagement         double precision not null,
        grade              text not null,
        temperature        text not null,
        direct             boolean not null,
        missing            json not null,
        disqualified_for   text,
        reasons            json not null,
        definition_version integer not null,
        facts_revision     integer not null,
        primary key (lead_id, revision)
      );

      -- Kept under the lead it was addressed to, so that a merge can be taken back.
      create table scoring.engagement (
        lead_id    uuid not null,
        at         timestamptz not null,
        event_id   uuid not null,
        kind       text not null,
        source_key text,
        properties json not null,
        primary key (lead_id, at, event_id)
      );

      create table scoring.company (
        company_id uuid primary key,
        revision   integer not null,
        facts      json
      );

      create table scoring.company_signal (
        company_id     uuid not null,
        at             timestamptz not null,
        event_id       uuid not null,
        kind           text not null,
        half_life_days double precision not null,
        primary key (company_id, at, event_id)
      );

      -- What became of leads, for learning.
      create table scoring.outcome (
        lead_id  uuid not null,
        at       timestamptz not null,
        event_id uuid not null,
        outcome  text not null,
        reason   text,
        primary key (lead_id, at, event_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema scoring cascade');
  }
}
