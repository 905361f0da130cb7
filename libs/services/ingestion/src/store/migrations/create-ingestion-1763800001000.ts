import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIngestion1763800001000 implements MigrationInterface {
  readonly name = 'CreateIngestion1763800001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists ingestion;

      create table ingestion.source (
        key                   text primary key,
        kind                  text not null,
        name                  text not null,
        enabled               boolean not null,
        settings              jsonb not null,
        mapping               jsonb not null,
        defaults              jsonb not null,
        -- Sealed with SECRETS_KEY; the previous one is good until its time.
        secret                text,
        previous_secret       text,
        previous_secret_until timestamptz,
        -- True once a lead points here: such a source is disabled, not deleted.
        is_used               boolean not null default false,
        version               integer not null,
        created_at            timestamptz not null default clock_timestamp(),
        updated_at            timestamptz not null default clock_timestamp()
      );

      create table ingestion.lead (
        id           uuid primary key,
        revision     integer not null,
        -- What is known of it; null while that is what its first submission said.
        facts        json,
        alternatives json,
        -- The first submission: every later event of this lead belongs to its story.
        story        uuid not null,
        stage        text not null default 'received',
        -- The lead this one proved to be, and when it was forgotten.
        merged_into  uuid,
        erased_at    timestamptz,
        created_at   timestamptz not null default now()
      ) with (fillfactor = 90);

      create table ingestion.lead_email (
        email   text collate "C" primary key,
        lead_id uuid not null
      );

      create table ingestion.lead_phone (
        phone   text not null,
        lead_id uuid not null,
        primary key (phone, lead_id)
      );

      create table ingestion.submission (
        id          uuid primary key,
        lead_id     uuid not null,
        source_key  text not null,
        status      text not null check (status in ('accepted', 'quarantined', 'released')),
        suspicion   text,
        trust       text not null check (trust in ('public', 'vouched')),
        -- Of what was said, where a repeat is found by its person and not by a key.
        content     uuid,
        facts       json not null,
        originals   json,
        received_at timestamptz not null
      );
      create index submission_lead on ingestion.submission (lead_id);
      create index submission_quarantined on ingestion.submission (id) where status = 'quarantined';

      -- What makes a delivery the same one: an Idempotency-Key, an external id; the content for ten minutes, of those
      -- without an address.
      create table ingestion.delivery (
        key           uuid primary key,
        -- Of what was said, where the sender chose the key.
        content       uuid,
        submission_id uuid not null,
        expires_at    timestamptz not null
      );

      create table ingestion.engagement (
        source_key  text not null,
        external_id text not null,
        lead_id     uuid not null,
        kind        text not null,
        at          timestamptz not null,
        properties  json not null,
        received_at timestamptz not null default now(),
        primary key (source_key, external_id)
      );
      create index engagement_lead on ingestion.engagement (lead_id);

      create table ingestion.refusal (
        id         bigint generated always as identity primary key,
        source_key text not null,
        at         timestamptz not null,
        status     integer not null,
        code       text not null,
        reason     text not null,
        address    text not null,
        size_bytes integer not null
      );
      create index refusal_source on ingestion.refusal (source_key, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema ingestion cascade');
  }
}
