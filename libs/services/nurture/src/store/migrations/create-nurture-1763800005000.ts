import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNurture1763800005000 implements MigrationInterface {
  readonly name = 'CreateNurture1763800005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists nurture;

      create table nurture.track (
        key         text not null,
        version     integer not null,
        definition  json not null,
        is_in_force boolean not null,
        primary key (key, version)
      );
      create unique index track_in_force on nurture.track (key) where is_in_force;

      create table nurture.lead (
        lead_id            uuid primary key,
        open_assignment_id uuid,
        last_contact_at    timestamptz,
        is_erased          boolean not null default false,
        merged_into        uuid
      );
      create index lead_merged_into on nurture.lead (merged_into) where merged_into is not null;

      create table nurture.enrolment (
        id             uuid primary key,
        lead_id        uuid not null,
        first_lead_id  uuid not null,
        track          text not null,
        track_version  integer not null,
        status         text not null check (status in ('active', 'suspended', 'ended')),
        step_index     integer not null,
        due_at         timestamptz,
        resume_at      date,
        facts          json,
        email_hash     text,
        correlation_id text not null,
        claimed_until  timestamptz,
        started_at     timestamptz not null,
        ended_at       timestamptz,
        end_reason     text,
        check ((status = 'ended') = (end_reason is not null))
      );
      create unique index enrolment_live on nurture.enrolment (lead_id, track) where status <> 'ended';
      create index enrolment_due on nurture.enrolment (due_at, id) where status = 'active';
      create index enrolment_lead on nurture.enrolment (lead_id);
      create index enrolment_first_lead on nurture.enrolment (first_lead_id);
      create index enrolment_address on nurture.enrolment (email_hash) where status <> 'ended';
      create index enrolment_newest on nurture.enrolment (started_at, id);

      create table nurture.send (
        id           uuid primary key,
        enrolment_id uuid not null references nurture.enrolment,
        lead_id      uuid not null,
        step         integer not null,
        attempt      integer not null,
        message_id   text not null unique,
        email_hash   text,
        status       text not null check (status in ('pending', 'sent', 'refused')),
        guard        text,
        failures     integer not null default 0,
        at           timestamptz not null,
        unique (enrolment_id, step, attempt),
        check ((status = 'refused') = (guard is not null))
      );
      create index send_lead on nurture.send (lead_id, at);
      create index send_address on nurture.send (email_hash, at);

      create table nurture.suppression (
        email_hash text primary key,
        reason     text not null,
        at         timestamptz not null
      );
      create index suppression_newest on nurture.suppression (at, email_hash);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema nurture cascade');
  }
}
