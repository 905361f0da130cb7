import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRouting1763800003000 implements MigrationInterface {
  readonly name = 'CreateRouting1763800003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists routing;

      -- Counts every change of people and rules, so that whoever keeps them in memory knows when to read again.
      create table routing.configuration (
        only_one boolean primary key default true check (only_one),
        stamp    bigint not null
      );
      insert into routing.configuration (stamp) values (0);

      create table routing.team (
        key      text primary key,
        name     text not null,
        calendar json not null,
        frozen   json not null,
        version  integer not null
      );

      create table routing.member (
        key            text primary key,
        name           text not null,
        email          text not null,
        team           text not null references routing.team (key),
        role           text not null,
        weight         double precision not null,
        open_work_cap  integer,
        rate_caps      json not null,
        languages      text[] not null,
        named_accounts text[] not null,
        available      boolean not null,
        active         boolean not null,
        calendar       json,
        frozen         json,
        returned_at    timestamptz,
        revision       integer not null
      );
      create index member_team on routing.member (team);

      -- The row that a claim locks: who is given work, and how much they have.
      create table routing.member_load (
        member    text primary key references routing.member (key),
        open_work integer not null default 0 check (open_work >= 0)
      ) with (fillfactor = 50);

      -- Public holidays as they were when first asked for; never computed again.
      create table routing.frozen_holiday (
        country text not null,
        region  text not null,
        year    integer not null,
        dates   text[] not null,
        primary key (country, region, year)
      );

      create table routing.rule_book (
        version      integer primary key,
        book         json not null,
        published_at timestamptz not null default clock_timestamp(),
        published_by text not null
      );
      create table routing.rule_draft (
        only_one boolean primary key default true check (only_one),
        book     json not null,
        saved_at timestamptz not null default clock_timestamp(),
        saved_by text not null
      );

      -- The row that a claim locks before it counts a pool. Round-robin pools keep their turns here.
      create table routing.pool (
        key   text primary key,
        turns json not null default '{}'
      );

      create table routing.fairness (
        pool          text not null,
        member        text not null,
        month         text not null,
        assigned      integer not null,
        calibration   double precision not null,
        credits       double precision not null default 0,
        last_turn     bigint not null,
        calibrated_at timestamptz not null,
        is_in_pool    boolean not null,
        primary key (pool, month, member)
      ) with (fillfactor = 50);

      create table routing.lead (
        id               uuid primary key,
        stage            text not null,
        round            integer not null,
        round_started_at timestamptz,
        contacted        text,
        facts            json,
        score            json,
        score_revision   integer not null,
        temperature      text,
        correlation_id   uuid,
        is_test          boolean not null,
        erased_at        timestamptz,
        merged_into      uuid,
        rests_until      timestamptz,
        last_owner       text,
        warm_reason      text,
        warm_at          timestamptz
      );
      create index lead_merged_into on routing.lead (merged_into) where merged_into is not null;
      create index lead_resting on routing.lead (rests_until) where stage = 'recycled';

      create table routing.assignment (
        id                uuid primary key,
        lead_id           uuid not null,
        member            text not null,
        team              text not null,
        kind              text not null,
        round             integer not null,
        pool              text,
        rule              text,
        why               text not null,
        month             text not null,
        assigned_at       timestamptz not null,
        next_follow_up_at timestamptz,
        told_round        integer not null default 0,
        ended_at          timestamptz,
        ended_for         text
      );
      create unique index assignment_one_active on routing.assignment (lead_id) where ended_at is null;
      create index assignment_lead on routing.assignment (lead_id);
      create index assignment_open on routing.assignment (member, assigned_at) where ended_at is null;

      -- When members with rate caps were given leads; nobody else's are kept.
      create table routing.rate_count (
        member text not null,
        at     timestamptz not null
      );
      create index rate_count_member on routing.rate_count (member, at);

      create table routing.holding (
        id        uuid primary key,
        lead_id   uuid not null,
        pool      text,
        rule      text,
        waits_for text not null,
        version   integer not null,
        since     timestamptz not null,
        ended_at  timestamptz,
        ended_for text
      );
      create unique index holding_one_open on routing.holding (lead_id) where ended_at is null;
      create index holding_since on routing.holding (since) where ended_at is null;

      create table routing.decision (
        id            uuid primary key,
        lead_id       uuid not null,
        assignment_id uuid,
        kind          text not null,
        chosen        text,
        rule          text,
        pool          text,
        strategy      text,
        candidates    json not null,
        tie_break     text,
        path          json not null,
        version       integer not null,
        why           text not null,
        at            timestamptz not null
      );
      create index decision_lead on routing.decision (lead_id, id);

      create table routing.contact (
        id                uuid primary key,
        lead_id           uuid not null,
        assignment_id     uuid not null,
        round             integer not null,
        assignment        text not null,
        member            text not null,
        recorded_by       text not null,
        channel           text not null,
        outcome           text not null,
        grade             text not null,
        at                timestamptz not null,
        recorded_at       timestamptz not null default clock_timestamp(),
        note              text,
        next_follow_up_at timestamptz,
        wishes            json not null
      );
      create index contact_lead on routing.contact (lead_id);

      -- What was done with a lead, and what was tried after it was taken away.
      create table routing.work (
        id            uuid primary key,
        lead_id       uuid not null,
        assignment_id uuid not null,
        verb          text not null,
        reason        text,
        note          text,
        done_by       text not null,
        was_refused   boolean not null,
        at            timestamptz not null
      );
      create index work_lead on routing.work (lead_id);

      create table routing.promise (
        clock_id      uuid primary key,
        lead_id       uuid not null,
        assignment_id uuid not null,
        round         integer not null,
        milestone     text not null,
        due_at        timestamptz,
        is_running    boolean not null
      );
      create index promise_assignment on routing.promise (assignment_id);

      create table routing.merge (
        loser_id            uuid not null,
        winner_id           uuid not null,
        moved_assignment_id uuid,
        winner_stage        text not null,
        primary key (loser_id, winner_id)
      );

      create table routing.outcome (
        code        text primary key,
        meaning     text not null,
        grade       text not null,
        next_step   text not null,
        sort_order  integer not null
      );
      insert into routing.outcome (code, meaning, grade, next_step, sort_order) values
        ('RDV', 'meeting obtained', 'A', 'qualify', 1),
        ('PROJET', 'a dated project, when and why to call back, sometimes a budget', 'A', 'follow up on the date', 2),
        ('PISTE', 'interest begins, callback agreed', 'A', 'follow up on the date', 3),
        ('REFUS', 'reached, refuses (with the reason)', 'A', 'return or stop', 4),
        ('REFUS_COMM', 'hangs up, will not talk', 'A', 'stop', 5),
        ('HORS_CIBLE', 'decision is not made here, not our market', 'A', 'reject', 6),
        ('MAIL', 'information sent', 'B', 'follow up', 7),
        ('RAPP', 'call back (gatekeeper, busy decision maker)', 'B', 'follow up', 8),
        ('NRP', 'no answer', 'C', 'try again', 9),
        ('OCC', 'busy', 'C', 'try again', 10),
        ('ERR', 'wrong number', 'C', 'ask for details', 11);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema routing cascade');
  }
}
