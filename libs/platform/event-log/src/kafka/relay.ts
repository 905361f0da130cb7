import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { Db } from '@relance/postgres';
import type { ReaderLag } from '../transport.js';
import type { Wakeup } from '../wakeup.js';
import { KafkaLink } from './kafka-link.js';
import type { Acknowledged } from './kafka-link.js';
import { isBelow, withOffsets } from './offsets.js';
import type { RelayRow } from './relay-row.js';
import { RelayEnded, RelaySession } from './relay-session.js';
import type { RelayState } from './relay-session.js';

export interface RelayOptions {
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  /** A relay that says nothing for this long loses its session, and with it the lock. */
  readonly endSilentAfterMs?: number;
  /** How often the topics are trimmed to what the log holds. */
  readonly trimEveryMs?: number;
  /** How often it is noted where events stand in Kafka: the grain of that trimming. */
  readonly sampleEveryMs?: number;
}

const rowsPerBatch = 500;
/** Of one request; an event that is larger goes alone. */
const bytesPerBatch = 4 * 1024 * 1024;
const tryLockEveryMs = 1_000;
/** An event that another process appended is found by polling: often while there are some, seldom otherwise. */
const pollBusyMs = 10;
const pollIdleMs = 100;
const busyForMs = 1_000;
const shortestPauseMs = 200;
const longestPauseMs = 5_000;
const finishWithinMs = 2_000;

const relayLag = `
  select count(*) as events, extract(epoch from clock_timestamp() - min(appended_at))::float8 as seconds
  from event_log.event
  where position > coalesce((select position from event_log.reader where group_name = 'relay'), 0)`;

/** Kafka acknowledged a record at an offset that it had acknowledged before: what stood there is gone. */
class RecordsLost extends Error {}

/**
 * Publishes the log to Kafka, in its order.
 *
 * One is active for each database: the one whose own connection holds the lock; others try every second. It reads rows
 * with no transaction open, sends one batch at a time, and moves its cursor when every replica has it, by
 * compare-and-set on the connection that holds the lock. So whatever crashes, freezes or overtakes, a batch may be
 * sent twice but never before what precedes it, and the inboxes absorb the repeat. Kafka being away blocks nobody.
 *
 * Another Kafka (another id), or one that lost records, makes it start again at the oldest kept event, in a new epoch.
 */
export class Relay {
  private isActive = false;
  private isStopping = false;
  private loop: Promise<void> | null = null;
  private wake: (() => void) | null = null;
  private isNudged = false;
  private busyUntil = 0;
  private trimAt = 0;
  private sampleAt = 0;
  private readonly stopping = new AbortController();
  private readonly givingUp = new AbortController();

  constructor(
    private readonly options: RelayOptions,
    private readonly db: Db,
    private readonly wakeup: Wakeup,
    private readonly logger: Logger,
  ) {}

  /** Begins; calling it again changes nothing. */
  start(): void {
    if (this.loop) return;
    const silence = this.wakeup.onNudge(() => this.nudge());
    this.loop = this.live().finally(silence);
  }

  /** Finishes the batch in hand; not longer than two seconds, whatever hangs. */
  async close(): Promise<void> {
    this.isStopping = true;
    this.stopping.abort();
    this.nudge();
    const late = setTimeout(() => this.givingUp.abort(), finishWithinMs);
    await this.loop;
    clearTimeout(late);
  }

  /** How far behind the log the topics are; nothing where another process has the active relay. */
  async lag(): Promise<ReaderLag[]> {
    if (!this.isActive) return [];
    const [row] = await this.db.query<{ events: number; seconds: number | null }>(relayLag);
    const lagEvents = row?.events ?? 0;
    const state = lagEvents > 0 ? 'running' : 'waiting';
    return [{ service: 'event-log', reader: 'relay', state, lagEvents, lagSeconds: Math.max(0, row?.seconds ?? 0) }];
  }

  private get sampleEveryMs(): number {
    return this.options.sampleEveryMs ?? 3_600_000;
  }

  private nudge(): void {
    this.isNudged = true;
    this.wake?.();
  }

  private async live(): Promise<void> {
    while (!this.isStopping) {
      try {
        const session = await RelaySession.open(
          this.options.databaseUrl,
          this.options.endSilentAfterMs ?? 10_000,
          this.givingUp.signal,
          this.logger,
        );
        try {
          while (!this.isStopping && !(await session.tryLock())) await this.rest(tryLockEveryMs);
          if (!this.isStopping) await this.relay(session);
        } finally {
          this.isActive = false;
          await session.close();
        }
      } catch (error) {
        this.logger.warn('the relay starts over', { error: describeError(error) });
        await this.rest(tryLockEveryMs);
      }
    }
  }

  /** Publishes for as long as the session holds the lock. @throws {RelayEnded} */
  private async relay(session: RelaySession): Promise<void> {
    this.isActive = true;
    this.logger.info('this process has the relay');
    let failures = 0;
    let mustStartAgain = false;
    while (!this.isStopping) {
      try {
        await this.publish(session, mustStartAgain, () => {
          if (failures > 0) this.logger.info('the relay reaches Kafka again', { failures });
          failures = 0;
          mustStartAgain = false;
        });
      } catch (error) {
        if (error instanceof RelayEnded) throw error;
        session.check();
        mustStartAgain = error instanceof RecordsLost;
        failures += 1;
        if (failures === 1 || failures % 20 === 0)
          this.logger.warn('the relay cannot publish', { failures, error: describeError(error) });
        await this.rest(Math.min(shortestPauseMs * 2 ** Math.min(failures - 1, 10), longestPauseMs));
      }
    }
  }

  /** Publishes over one link until it is lost. @throws what ended it. */
  private async publish(session: RelaySession, mustStartAgain: boolean, onProgress: () => void): Promise<void> {
    const link = await KafkaLink.open(this.options.brokers, this.givingUp.signal, this.logger);
    try {
      let state = await this.agree(session, link, mustStartAgain);
      onProgress();
      while (!this.isStopping && !link.isLost) {
        session.check();
        this.isNudged = false;
        const rows = fitting(await session.read(state.position, rowsPerBatch));
        if (rows.length > 0) {
          state = await this.forward(session, link, state, rows);
          this.busyUntil = performance.now() + busyForMs;
        }
        await this.trim(session, link, state);
        if (rows.length === 0) await this.sleep(performance.now() < this.busyUntil ? pollBusyMs : pollIdleMs);
      }
    } finally {
      link.end();
    }
  }

  /** Goes on where this Kafka was left, or starts again if it is not the one that was left. */
  private async agree(session: RelaySession, link: KafkaLink, mustStartAgain: boolean): Promise<RelayState> {
    const known = await session.load();
    const ends = await link.ends();
    if (known && !mustStartAgain && known.clusterId === link.clusterId && !isBelow(ends, known.acknowledged))
      return known;
    const state = await session.startAgain(link.clusterId, ends);
    // What stands there already is not ours to delete before we have been here a while.
    this.sampleAt = performance.now() + this.sampleEveryMs;
    this.logger.warn('the relay fills Kafka from the oldest kept event', {
      epoch: state.epoch,
      isAnother: known?.clusterId !== link.clusterId,
    });
    return state;
  }

  private async forward(
    session: RelaySession,
    link: KafkaLink,
    state: RelayState,
    rows: readonly RelayRow[],
  ): Promise<RelayState> {
    const landed = await link.send(rows, state);
    if (landed.some((batch) => isBeforeItsTime(batch, state))) throw new RecordsLost();
    const acknowledged = withOffsets(
      state.acknowledged,
      landed.map(({ topic, partition, offset, count }) => ({ topic, partition, offset: offset + count })),
    );
    return session.moveOn(state, rows.at(-1)?.position ?? state.position, acknowledged);
  }

  /** Deletes from Kafka what the log no longer holds, never more. */
  private async trim(session: RelaySession, link: KafkaLink, state: RelayState): Promise<void> {
    const now = performance.now();
    if (now >= this.sampleAt) {
      this.sampleAt = now + this.sampleEveryMs;
      await session.sample(state);
    }
    if (now < this.trimAt) return;
    this.trimAt = now + (this.options.trimEveryMs ?? 60_000);
    const passed = await session.passedSample();
    if (!passed) return;
    await link.deleteBelow(passed.offsets);
    await session.forgetSamples(passed.position);
  }

  private async sleep(milliseconds: number): Promise<void> {
    if (this.isNudged || this.isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }

  /** Waits, whatever is appended meanwhile; not longer than until the stop. */
  private async rest(milliseconds: number): Promise<void> {
    try {
      await pause(milliseconds, undefined, { signal: this.stopping.signal });
    } catch (stopped) {
      this.logger.debug('the relay stops while it waits', { error: describeError(stopped) });
    }
  }
}

/** As many rows as one request may carry; one at least. */
function fitting(rows: readonly RelayRow[]): readonly RelayRow[] {
  let bytes = 0;
  const tooMany = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(row.envelope);
    return index > 0 && bytes > bytesPerBatch;
  });
  return tooMany === -1 ? rows : rows.slice(0, tooMany);
}

function isBeforeItsTime(batch: Acknowledged, state: RelayState): boolean {
  return batch.offset < (state.acknowledged[batch.topic]?.[batch.partition] ?? 0);
}
