import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { announceNew, defineEvent, newId } from '@relance/events';
import type { Announcement, Envelope } from '@relance/events';
import { DeadLetters, EventLog, Readers } from '@relance/event-log';
import type { Group, Handle, Transport, Wakeup } from '@relance/event-log';
import { createLogger } from '@relance/logging';
import type { Db, Tx } from '@relance/postgres';
import { eventually } from '@relance/testing';

/** One process's side of a transport. */
export interface Connection {
  readonly db: Db;
  readonly wakeup: Wakeup;
  readonly transport: Transport;
  close(): Promise<void>;
}

/** What a transport brings to the suite. */
export interface TransportUnderTest {
  connect(): Promise<Connection>;
  /** Forgets a group's progress, as a crash between the effect and the note of it does; its inbox stays. */
  forgetProgress(group: string): Promise<void>;
  /** Puts what the transport stands on out of reach. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

const saidSchema = z.object({ leadId: z.string(), n: z.number(), isPoison: z.boolean().optional() });
type Said = z.infer<typeof saidSchema>;

/**
 * A service as the suite needs one: writes down what it hears, in order, in a table of its own; forgets a lead for good.
 * It hears event types of its own, so that one test's poison is not another's. `isBroken` makes it choke on poison, as
 * a bug would until it is mended.
 */
class Listener {
  isBroken = true;
  /** Called with each batch before its effect is written. */
  before: (events: readonly Envelope<Said>[], tx: Tx) => Promise<void> = () => Promise.resolve();
  readonly name = newId();
  private readonly said = defineEvent({
    type: `said-${this.name}`,
    version: 1,
    key: (data) => data.leadId,
    data: saidSchema,
  });
  private readonly asked = defineEvent({
    type: `asked-${this.name}`,
    version: 1,
    key: (data) => data.leadId,
    data: saidSchema,
  });
  private readonly forgotten = defineEvent({
    type: `forgotten-${this.name}`,
    version: 1,
    key: (data) => data.leadId,
    overtakes: true,
    data: z.object({ leadId: z.string() }),
  });

  get group(): Group {
    const heard: Handle = (events, tx) => this.hear(events, tx);
    const forgotten: Handle = (events, tx) => this.forget(events, tx);
    return {
      name: this.name,
      handlers: new Map([
        [this.said.type, { event: this.said, handle: heard }],
        [this.asked.type, { event: this.asked, handle: heard }],
        [this.forgotten.type, { event: this.forgotten, handle: forgotten }],
      ]),
    };
  }

  say(leadId: string, n: number): Announcement {
    return announceNew(this.said, { data: { leadId, n }, by: 'test', at: new Date() });
  }

  ask(leadId: string, n: number): Announcement {
    return announceNew(this.asked, { data: { leadId, n }, by: 'test', at: new Date() });
  }

  poison(leadId: string, n: number): Announcement {
    return announceNew(this.said, { data: { leadId, n, isPoison: true }, by: 'test', at: new Date() });
  }

  erase(leadId: string): Announcement {
    return announceNew(this.forgotten, { data: { leadId }, by: 'test', at: new Date() });
  }

  private async hear(events: readonly Envelope<Said>[], tx: Tx): Promise<void> {
    await this.before(events, tx);
    if (this.isBroken && events.some((event) => event.data.isPoison))
      throw new TypeError('cannot read properties of poison');
    await tx.execute(
      `insert into public.heard (listener, lead, n, type, position)
       select $1, heard.lead, heard.n, heard.type, heard.position
       from unnest($2::text[], $3::int[], $4::text[], $5::bigint[]) as heard(lead, n, type, position)
       where not exists (select from public.tombstone where listener = $1 and tombstone.lead = heard.lead)`,
      [
        this.name,
        events.map((event) => event.data.leadId),
        events.map((event) => event.data.n),
        events.map((event) => event.type),
        events.map((event) => event.position),
      ],
    );
  }

  private async forget(events: readonly Envelope<{ leadId: string }>[], tx: Tx): Promise<void> {
    const leads = events.map((event) => event.data.leadId);
    await tx.execute('insert into public.tombstone select $1, unnest($2::text[]) on conflict do nothing', [
      this.name,
      leads,
    ]);
    await tx.execute('delete from public.heard where listener = $1 and lead = any($2::text[])', [this.name, leads]);
  }
}

/** The one suite that every transport of the event log passes. */
export function transportConformance(name: string, start: () => Promise<TransportUnderTest>): void {
  describe(`event log over ${name}`, () => {
    let transport: TransportUnderTest;
    let main: Connection;
    let log: EventLog;
    let opened: (() => Promise<void>)[];

    beforeAll(async () => {
      transport = await start();
      main = await transport.connect();
      log = new EventLog(main.wakeup);
      await main.db.query(
        'create table public.heard (id bigint generated always as identity, listener text, lead text, n int, type text, position bigint)',
      );
      await main.db.query('create table public.tombstone (listener text, lead text, primary key (listener, lead))');
    });

    beforeEach(() => {
      opened = [];
    });

    afterEach(async () => {
      for (const close of opened.reverse()) await close();
    });

    afterAll(async () => {
      await main.close();
      await transport.close();
    });

    const append = (...announcements: Announcement[]): Promise<void> =>
      main.db.transaction((tx) => log.append(tx, announcements));

    /** Opens the listener in a process of its own. */
    async function listen(listener: Listener): Promise<Readers> {
      const connection = await transport.connect();
      const readers = new Readers(
        connection.transport,
        connection.db,
        new DeadLetters(connection.db),
        createLogger({ level: 'silent' }),
      );
      readers.isProjection(listener.name, async (tx, from) => {
        await tx.execute('delete from public.heard where listener = $1 and position >= $2', [listener.name, from]);
      });
      await readers.open([listener.group]);
      opened.push(async () => {
        await readers.close();
        await connection.close();
      });
      return readers;
    }

    const heard = async (listener: Listener, lead?: string): Promise<number[]> => {
      const rows = await main.db.query<{ n: number }>(
        'select n from public.heard where listener = $1 and ($2::text is null or lead = $2) order by id',
        [listener.name, lead ?? null],
      );
      return rows.map((row) => row.n);
    };

    const parked = (listener: Listener, lead: string): Promise<{ id: string; is_behind: boolean; attempt: number }[]> =>
      main.db.query(
        'select id, is_behind, attempt from event_log.dead_letter where group_name = $1 and key = $2 order by position',
        [listener.name, lead],
      );

    const atEnd = (readers: Readers): Promise<unknown> =>
      eventually(async () => (await readers.lag()).every((reader) => reader.lagEvents === 0), { withinMs: 20_000 });

    it('loses nothing when transactions commit late and out of turn', async () => {
      const listener = new Listener();
      const readers = await listen(listener);
      const writers = 12;
      const each = 100;

      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          for (let i = 0; i < each; i++) {
            await main.db.transaction(async (tx) => {
              await log.append(tx, [listener.say(newId(), writer * each + i)]);
              await tx.query('select pg_sleep($1)', [((i + writer) % 4) / 1000]);
            });
          }
        }),
      );
      await atEnd(readers);

      expect((await heard(listener)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: writers * each }, (_, n) => n),
      );
    });

    it("hands over one lead's events in one order, across types", async () => {
      const listener = new Listener();
      const leads = Array.from({ length: 20 }, () => newId());
      const readers = await listen(listener);

      for (let n = 0; n < 30; n++) {
        await append(
          ...leads.map((lead) => (n % 3 === 0 ? listener.ask(lead, n) : listener.say(lead, n))),
          new Listener().say(newId(), -1),
        );
      }
      await atEnd(readers);

      for (const lead of leads) expect(await heard(listener, lead)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    });

    it('has one effect of an event that is announced twice', async () => {
      const listener = new Listener();
      const lead = newId();
      const once = listener.say(lead, 1);

      await append(once);
      await append(once);
      await append(listener.say(lead, 2));
      await atEnd(await listen(listener));

      expect(await heard(listener, lead)).toEqual([1, 2]);
    });

    it('has one effect when it crashes between the effect and the note of its progress', async () => {
      const listener = new Listener();
      const lead = newId();
      await append(listener.say(lead, 1), listener.say(lead, 2));
      await atEnd(await listen(listener));
      await opened.pop()?.();

      await transport.forgetProgress(listener.name);
      await append(listener.say(lead, 3));
      await atEnd(await listen(listener));

      expect(await heard(listener, lead)).toEqual([1, 2, 3]);
    });

    it('has one effect when its connection dies within the transaction', async () => {
      const listener = new Listener();
      const lead = newId();
      let deaths = 0;
      listener.before = async (_events, tx) => {
        if (deaths++ < 3) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      };
      await append(listener.say(lead, 1), listener.say(lead, 2));
      await atEnd(await listen(listener));

      expect(deaths).toBeGreaterThan(3);
      expect(await heard(listener, lead)).toEqual([1, 2]);
    });

    it('parks poison alone and once, handles its neighbours, and parks what comes later of its lead behind it', async () => {
      const listener = new Listener();
      const sick = newId();
      const neighbours = Array.from({ length: 50 }, () => newId());
      const readers = await listen(listener);

      await append(
        ...neighbours.map((lead) => listener.say(lead, 1)),
        listener.say(sick, 1),
        listener.poison(sick, 2),
        listener.say(sick, 3),
        ...neighbours.map((lead) => listener.say(lead, 2)),
      );
      await append(listener.ask(sick, 4));
      await atEnd(readers);

      for (const lead of neighbours) expect(await heard(listener, lead)).toEqual([1, 2]);
      expect(await heard(listener, sick)).toEqual([1]);
      expect((await parked(listener, sick)).map(({ is_behind, attempt }) => [is_behind, attempt])).toEqual([
        [false, 1],
        [true, 1],
        [true, 1],
      ]);
    });

    it('drains a parked lead in order by a redrive, while new events of it arrive', async () => {
      const listener = new Listener();
      const sick = newId();
      const readers = await listen(listener);
      await append(listener.poison(sick, 0), listener.say(sick, 1), listener.say(sick, 2));
      await atEnd(readers);
      const letters = await parked(listener, sick);

      const stillBroken = await readers.redrive({ ids: [letters[0]?.id ?? ''] }, false);
      expect(stillBroken).toMatchObject({ eligible: 1, redriven: 0 });
      expect((await parked(listener, sick)).map((letter) => letter.attempt)).toEqual([2, 1, 1]);
      expect(await readers.redrive({ key: sick }, true)).toEqual({ eligible: 3, skipped: [], redriven: 0 });

      listener.isBroken = false;
      const arriving = (async () => {
        for (let n = 3; n < 40; n++) await append(n % 2 === 0 ? listener.ask(sick, n) : listener.say(sick, n));
      })();
      await readers.redrive({ key: sick }, false);
      await arriving;
      await atEnd(readers);
      await readers.redrive({ key: sick }, false);

      expect(await parked(listener, sick)).toEqual([]);
      expect(await heard(listener, sick)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it('leaves nothing parked that arrives while its lead is drained', async () => {
      const listener = new Listener();
      const sick = newId();
      const readers = await listen(listener);
      await append(listener.poison(sick, 0));
      await atEnd(readers);
      listener.isBroken = false;
      let isDraining: () => void = () => undefined;
      const draining = new Promise<void>((resolve) => (isDraining = resolve));
      listener.before = async (events, tx) => {
        const isRedrive = events.some((event) => event.data.isPoison);
        if (isRedrive) isDraining();
        await tx.query('select pg_sleep($1)', [isRedrive ? 0.3 : 0.6]);
      };

      const redriven = readers.redrive({ key: sick }, false);
      await draining;
      await append(listener.say(sick, 1), listener.say(newId(), 1));
      await redriven;
      await atEnd(readers);

      expect(await parked(listener, sick)).toEqual([]);
      expect(await heard(listener, sick)).toEqual([0, 1]);
    });

    it('stops the reader when twenty leads were parked in a row', async () => {
      const listener = new Listener();
      const readers = await listen(listener);
      await append(...Array.from({ length: 30 }, (_, n) => listener.poison(newId(), n)));

      await eventually(() => readers.stopped().includes(listener.name));

      const [{ count } = { count: 0 }] = await main.db.query<{ count: number }>(
        'select count(*) as count from event_log.dead_letter where group_name = $1',
        [listener.name],
      );
      expect(count).toBe(20);
      expect((await readers.lag())[0]?.lagEvents).toBe(10);
    });

    it('keeps reading when parked leads are not in a row', async () => {
      const listener = new Listener();
      const readers = await listen(listener);
      for (let n = 0; n < 30; n++) await append(listener.poison(newId(), n), listener.say(newId(), n));
      await atEnd(readers);

      expect(readers.stopped()).toEqual([]);
      expect(await heard(listener)).toHaveLength(30);
    });

    it('shares a group between two instances without doubling or losing', async () => {
      const listener = new Listener();
      const leads = Array.from({ length: 30 }, () => newId());
      const [one] = await Promise.all([listen(listener), listen(listener)]);

      await Promise.all(
        leads.map(async (lead) => {
          for (let n = 0; n < 20; n++) await append(listener.say(lead, n));
        }),
      );
      if (one) await atEnd(one);

      for (const lead of leads) expect(await heard(listener, lead)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    });

    it('rebuilds a projection from the kept events', async () => {
      const listener = new Listener();
      const lead = newId();
      const readers = await listen(listener);
      await append(listener.say(lead, 1), listener.say(lead, 2), listener.say(lead, 3));
      await atEnd(readers);
      await main.db.query('delete from public.heard where listener = $1 and n = 2', [listener.name]);

      await readers.replay(listener.name);
      await eventually(async () => (await heard(listener, lead)).length === 3);

      expect(await heard(listener, lead)).toEqual([1, 2, 3]);
      await expect(readers.replay('somebody-else')).rejects.toMatchObject({ code: 'event-log.not-replayable' });
    });

    it('forgets an erased lead at once, and for good: through redrive and through replay', async () => {
      const listener = new Listener();
      const sick = newId();
      const well = newId();
      const readers = await listen(listener);
      await append(listener.say(sick, 1), listener.poison(sick, 2), listener.say(well, 1));
      await atEnd(readers);
      expect(await heard(listener, sick)).toEqual([1]);

      for (const leadId of [sick, well]) await append(listener.erase(leadId));
      await atEnd(readers);
      expect(await heard(listener)).toEqual([]);

      listener.isBroken = false;
      expect(await readers.redrive({ key: sick }, false)).toMatchObject({ redriven: 1 });
      expect(await heard(listener, sick)).toEqual([]);

      const [{ tombstones } = { tombstones: 0 }] = await main.db.query<{ tombstones: number }>(
        'select count(*) as tombstones from public.tombstone where listener = $1',
        [listener.name],
      );
      expect(tombstones).toBe(2);
      await readers.replay(listener.name);
      await append(listener.say(newId(), 7));
      await eventually(async () => (await heard(listener)).includes(7));
      expect(await heard(listener, sick)).toEqual([]);
      expect(await heard(listener, well)).toEqual([]);
    });

    it('finishes the transaction in hand when it is told to stop, and goes on from there', async () => {
      const listener = new Listener();
      const leads = Array.from({ length: 40 }, () => newId());
      let isStarted: () => void = () => undefined;
      const started = new Promise<void>((resolve) => (isStarted = resolve));
      listener.before = async (_events, tx) => {
        isStarted();
        await tx.query('select pg_sleep(0.05)');
      };
      for (let n = 0; n < 10; n++) await append(...leads.map((lead) => listener.say(lead, n)));
      await listen(listener);
      await started;
      await opened.pop()?.();
      listener.before = () => Promise.resolve();

      await atEnd(await listen(listener));

      for (const lead of leads) expect(await heard(listener, lead)).toEqual(Array.from({ length: 10 }, (_, n) => n));
    });

    it('waits for what is out of reach and parks nothing for it', async () => {
      const listener = new Listener();
      const lead = newId();
      const readers = await listen(listener);
      await append(listener.say(lead, 1));
      await atEnd(readers);

      transport.cut();
      await expect(append(listener.say(lead, 2))).rejects.toMatchObject({ kind: 'unavailable' });
      transport.mend();
      await eventually(async () => {
        await append(listener.say(lead, 3));
        return true;
      });
      await eventually(async () => (await heard(listener, lead)).includes(3));

      expect(await heard(listener, lead)).toEqual([1, 3]);
      expect(await parked(listener, lead)).toEqual([]);
    });

    it('gets past a client that froze while it held the lock of the log', async () => {
      const listener = new Listener();
      const readers = await listen(listener);
      const lead = newId();
      const frozen = await transport.connect();
      let hasLock: () => void = () => undefined;
      const locked = new Promise<void>((resolve) => (hasLock = resolve));
      let thaw: () => void = () => undefined;
      const ending = frozen.db.transaction(async (tx) => {
        await tx.query('select event_log.take_lock()');
        hasLock();
        await new Promise<void>((resolve) => (thaw = resolve));
        await tx.query('select 1');
      });
      await locked;

      const before = performance.now();
      await append(listener.say(lead, 1));
      const waitedMs = performance.now() - before;
      thaw();
      await expect(ending).rejects.toMatchObject({ kind: 'unavailable' });
      await atEnd(readers);
      await frozen.close();

      expect(await heard(listener, lead)).toEqual([1]);
      expect(waitedMs).toBeGreaterThan(1_000);
    });
  });
}
