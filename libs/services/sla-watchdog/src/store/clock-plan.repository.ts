import type { ClockId, MemberKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { HeldStep, WaitingStep } from '../decide/decide-replan.js';
import type { LedgerLine, SlaClock } from '../decide/sla-clock.js';
import { clockColumns } from './clock.repository.js';

/** A clock under its row's lock, with the database's time in whole milliseconds. */
export interface ClockAtHand {
  readonly clock: SlaClock;
  readonly now: Date;
}

/** A clock's new plan, with the line its ledger gets. */
export interface MovedClock {
  readonly clockId: ClockId;
  readonly dueAt: Date;
  readonly calendarId: string | null;
  readonly explanation: string;
  readonly steps: readonly WaitingStep[];
  readonly line: LedgerLine;
}

/** Plans of clocks that run: pauses, and other calendars. The caller holds the clocks' rows. */
export class ClockPlanRepository {
  async lock(tx: Tx, clockId: ClockId): Promise<ClockAtHand | null> {
    const [row] = await tx.query<SlaClock & { now: Date }>(
      `select ${clockColumns}, date_trunc('milliseconds', clock_timestamp()) as now
       from sla.clock where clock.id = $1 for update`,
      [clockId],
    );
    return row ? { clock: row, now: row.now } : null;
  }

  /** Locks the clocks that count the working time of these members, by another calendar than theirs. */
  async lockOfMembers(
    tx: Tx,
    members: readonly { member: MemberKey; calendarId: string }[],
  ): Promise<(SlaClock & { newCalendarId: string })[]> {
    if (members.length === 0) return [];
    return tx.query<SlaClock & { newCalendarId: string }>(
      `select ${clockColumns}, asked.calendar_id as "newCalendarId"
       from unnest($1::text[], $2::text[]) as asked(member, calendar_id)
       join sla.clock on clock.member = asked.member
       where clock.settled_at is null and clock.state in ('open', 'paused') and clock.counts = 'working'
         and clock.calendar_id is distinct from asked.calendar_id
       order by clock.id for update of clock`,
      [members.map(({ member }) => member), members.map(({ calendarId }) => calendarId)],
    );
  }

  async waitingSteps(tx: Tx, clockIds: readonly ClockId[]): Promise<ReadonlyMap<ClockId, WaitingStep[]>> {
    const rows = await tx.query<WaitingStep & { clockId: ClockId }>(
      `select clock_id as "clockId", step, due_at as "dueAt" from sla.step
       where clock_id = any($1::uuid[]) and state = 'waiting' order by step`,
      [clockIds],
    );
    return Map.groupBy(rows, ({ clockId }) => clockId);
  }

  async heldSteps(tx: Tx, clockId: ClockId): Promise<(HeldStep & { kind: string })[]> {
    return tx.query<HeldStep & { kind: string }>(
      `select step, kind, remaining_ms as "remainingMs" from sla.step
       where clock_id = $1 and state = 'held' order by step`,
      [clockId],
    );
  }

  async breachSteps(tx: Tx, clockIds: readonly ClockId[]): Promise<ReadonlyMap<ClockId, number>> {
    const rows = await tx.query<{ clockId: ClockId; step: number }>(
      `select clock_id as "clockId", step from sla.step where clock_id = any($1::uuid[]) and kind = 'breach'`,
      [clockIds],
    );
    return new Map(rows.map(({ clockId, step }) => [clockId, step]));
  }

  async pause(tx: Tx, clockId: ClockId, steps: readonly HeldStep[], line: LedgerLine): Promise<void> {
    await tx.execute(`update sla.clock set state = 'paused', paused_at = $2 where id = $1`, [clockId, line.at]);
    await tx.execute(
      `update sla.step set state = 'held', remaining_ms = held.remaining_ms
       from unnest($2::smallint[], $3::bigint[]) as held(step, remaining_ms)
       where step.clock_id = $1 and step.step = held.step`,
      [clockId, steps.map(({ step }) => step), steps.map(({ remainingMs }) => remainingMs)],
    );
    await this.note(tx, [{ clockId, line }]);
  }

  async resume(tx: Tx, moved: MovedClock): Promise<void> {
    await tx.execute(
      `update sla.clock set state = 'open', paused_at = null,
         paused_ms = paused_ms + extract(epoch from $2::timestamptz - paused_at) * 1000 where id = $1`,
      [moved.clockId, moved.line.at],
    );
    await this.move(tx, [moved]);
  }

  /** Gives clocks another plan. Steps that are not named stay as they are. */
  async move(tx: Tx, moved: readonly MovedClock[]): Promise<void> {
    if (moved.length === 0) return;
    const steps = moved.flatMap(({ clockId, steps: ofClock }) => ofClock.map((step) => ({ clockId, ...step })));
    await tx.execute(
      `update sla.clock set due_at = moved.due_at, calendar_id = moved.calendar_id, explanation = moved.explanation
       from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) as moved(id, due_at, calendar_id, explanation)
       where clock.id = moved.id`,
      [
        moved.map(({ clockId }) => clockId),
        moved.map(({ dueAt }) => dueAt),
        moved.map(({ calendarId }) => calendarId),
        moved.map(({ explanation }) => explanation),
      ],
    );
    await tx.execute(
      `update sla.step set state = 'waiting', due_at = moved.due_at, remaining_ms = null
       from unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) as moved(clock_id, step, due_at)
       where step.clock_id = moved.clock_id and step.step = moved.step and step.state in ('waiting', 'held')`,
      [steps.map(({ clockId }) => clockId), steps.map(({ step }) => step), steps.map(({ dueAt }) => dueAt)],
    );
    await this.note(tx, moved);
  }

  /** Another calendar that changes no due time. */
  async useCalendars(tx: Tx, clocks: readonly { clockId: ClockId; calendarId: string }[]): Promise<void> {
    if (clocks.length === 0) return;
    await tx.execute(
      `update sla.clock set calendar_id = asked.calendar_id
       from unnest($1::uuid[], $2::text[]) as asked(id, calendar_id) where clock.id = asked.id`,
      [clocks.map(({ clockId }) => clockId), clocks.map(({ calendarId }) => calendarId)],
    );
  }

  private async note(tx: Tx, lines: readonly { clockId: ClockId; line: LedgerLine }[]): Promise<void> {
    await tx.execute(
      `insert into sla.ledger (clock_id, kind, at, recorded_at, data)
       select clock_id, kind, at, recorded_at, data::json
       from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
         as line(clock_id, kind, at, recorded_at, data)`,
      [
        lines.map(({ clockId }) => clockId),
        lines.map(({ line }) => line.kind),
        lines.map(({ line }) => line.at),
        lines.map(({ line }) => line.recordedAt),
        lines.map(({ line }) => JSON.stringify(line.data)),
      ],
    );
  }
}
