import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createFire } from '../fire-sql.js';

export class CreateSla1763800004000 implements MigrationInterface {
  readonly name = 'CreateSla1763800004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createTables);
    await runner.query(createAlerts);
    await runner.query(createFire);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema sla cascade');
  }
}

const createTables = `
  create schema if not exists sla;

  -- An instant within JSON, as the API writes them all.
  create function sla.iso(moment timestamptz) returns text language sql stable as
    $$ select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

  create table sla.policy (
    key      text primary key,
    version  integer not null,
    position integer not null
  );

  create table sla.policy_version (
    key        text not null,
    version    integer not null,
    position   integer not null,
    definition json not null,
    written_by text not null,
    written_at timestamptz not null default clock_timestamp(),
    primary key (key, version)
  );

  -- Calendars with their holidays fixed, by the hash of their text: many assignments share one.
  create table sla.calendar (
    id       text primary key,
    calendar json not null
  );

  create table sla.member (
    member      text primary key,
    revision    integer not null,
    name        text not null,
    email       text not null,
    team        text not null,
    role        text not null,
    managers    text[] not null,
    active      boolean not null,
    calendar_id text not null
  );

  -- The last qualified verdict of a lead.
  create table sla.score (
    lead_id     uuid primary key,
    revision    integer not null,
    fit         double precision not null,
    engagement  double precision not null,
    grade       text not null,
    temperature text not null,
    scored_at   timestamptz not null
  );

  create table sla.assignment (
    assignment_id  uuid not null,
    round          integer not null,
    lead_id        uuid not null,
    kind           text not null,
    member         text not null,
    team           text not null,
    managers       text[] not null,
    calendar_id    text not null,
    policy         text,
    policy_version integer,
    occurred_at    timestamptz not null,
    received_at    timestamptz not null,
    assigned_at    timestamptz not null,
    primary key (assignment_id, round)
  );
  create index assignment_lead on sla.assignment (lead_id, assigned_at);

  -- What became of the owner's notification: the first of each.
  create table sla.told (
    assignment_id uuid primary key,
    told_at       timestamptz,
    failed_at     timestamptz,
    opened_at     timestamptz
  );

  create table sla.contact (
    contact_id  uuid primary key,
    lead_id     uuid not null,
    round       integer not null,
    grade       text not null,
    channel     text not null,
    stated_at   timestamptz not null,
    recorded_at timestamptz not null,
    position    bigint not null,
    recorded_by text not null
  );
  create index contact_lead on sla.contact (lead_id);

  create table sla.clock (
    id               uuid primary key,
    lead_id          uuid not null,
    policy           text not null,
    policy_version   integer not null,
    milestone        text not null,
    starts_on        text not null,
    assignment_id    uuid,
    round            integer,
    submission_id    uuid,
    holding_id       uuid,
    member           text,
    team             text,
    managers         text[] not null,
    state            text not null check (state in ('open', 'paused', 'met', 'breached', 'stopped', 'withdrawn')),
    started_at       timestamptz not null,
    started_position bigint not null,
    due_at           timestamptz not null,
    met_by           json not null,
    met_on           text not null,
    trust_ms         bigint not null,
    counts           text not null,
    calendar_id      text,
    explanation      text not null,
    met_at           timestamptz,
    breached_at      timestamptz,
    lateness_ms      bigint,
    cause            text,
    answered_at      timestamptz,
    paused_at        timestamptz,
    paused_ms        bigint not null default 0,
    settled_at       timestamptz,
    correlation_id   text not null,
    caused_by        uuid not null
  ) with (fillfactor = 80);
  create unique index clock_assignment on sla.clock (assignment_id, round, milestone) where assignment_id is not null;
  create unique index clock_submission on sla.clock (lead_id, submission_id, milestone) where submission_id is not null;
  create unique index clock_holding on sla.clock (holding_id, milestone) where holding_id is not null;
  create index clock_lead on sla.clock (lead_id);
  create index clock_live on sla.clock (member) where settled_at is null;
  create index clock_breach on sla.clock (breached_at, id) where breached_at is not null;

  -- waiting: falls due at due_at. held: a pause keeps it, with the time it still had.
  create table sla.step (
    clock_id     uuid not null,
    step         smallint not null,
    kind         text not null check (kind in ('warn', 'breach', 'alert')),
    after        text not null,
    due_at       timestamptz not null,
    actions      json not null,
    state        text not null default 'waiting' check (state in ('waiting', 'held', 'fired', 'cancelled')),
    remaining_ms bigint,
    fired_at     timestamptz,
    primary key (clock_id, step)
  );
  create index step_due on sla.step (due_at) where state = 'waiting';

  create table sla.ledger (
    clock_id    uuid not null,
    seq         bigint generated always as identity,
    kind        text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    data        json not null,
    primary key (clock_id, seq)
  );

  -- Merges as they were said, and what follows from them: each pair of leads that are one person, both ways.
  create table sla.merge (
    loser_id  uuid not null,
    winner_id uuid not null,
    primary key (loser_id, winner_id)
  );
  create index merge_winner on sla.merge (winner_id);
  create table sla.kinship (
    lead_id uuid not null,
    kin_id  uuid not null,
    primary key (lead_id, kin_id)
  );

  -- Tombstones: what comes after is dropped.
  create table sla.erased (
    lead_id   uuid primary key,
    erased_at timestamptz not null
  );

  -- When the alarm that only proves that alarms ring last rang.
  create table sla.sentinel (
    id      boolean primary key default true check (id),
    rang_at timestamptz not null
  );
  insert into sla.sentinel (rang_at) values (clock_timestamp());`;

const createAlerts = `
  create table sla.alert (
    id             uuid primary key,
    kind           text not null,
    team           text not null,
    state          text not null check (state in ('firing', 'resolved')),
    breaches       integer not null,
    opened_at      timestamptz not null,
    last_breach_at timestamptz not null,
    acked_at       timestamptz,
    acked_by       text,
    silenced_at    timestamptz,
    silenced_by    text,
    resolved_at    timestamptz,
    resolved_by    text
  );
  create unique index alert_firing on sla.alert (kind, team) where state = 'firing';
  create index alert_opened on sla.alert (opened_at, id);

  create table sla.alert_breach (
    alert_id uuid not null,
    clock_id uuid not null,
    primary key (alert_id, clock_id)
  );

  -- One message to one recipient.
  create table sla.escalation (
    id         uuid primary key,
    alert_id   uuid not null,
    recipient  text not null,
    channel    text not null check (channel in ('email', 'webhook')),
    about      text not null check (about in ('breach', 'withdrawal')),
    state      text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
    created_at timestamptz not null,
    sent_at    timestamptz,
    receipt    text
  );
  create index escalation_alert on sla.escalation (alert_id, recipient, channel, about, created_at);
  create index escalation_pending on sla.escalation (created_at) where state = 'pending';

  -- What somebody has to be told; it has an escalation once it is in a message.
  create table sla.notice (
    id            bigint generated always as identity primary key,
    alert_id      uuid not null,
    clock_id      uuid not null,
    step          smallint not null,
    about         text not null check (about in ('breach', 'withdrawal')),
    recipient     text not null,
    channel       text not null,
    escalation_id uuid,
    unique (clock_id, recipient, channel, about, step)
  );
  create index notice_waiting on sla.notice (alert_id) where escalation_id is null;
  create index notice_withdrawal on sla.notice (clock_id) where escalation_id is null and about = 'withdrawal';
  create index notice_escalation on sla.notice (escalation_id) where escalation_id is not null;`;
