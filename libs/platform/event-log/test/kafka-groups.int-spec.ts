import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { newId } from '@relance/events';
import type { Envelope } from '@relance/events';
import { trimStep } from '@relance/event-log';
import { describePart, eventually } from '@relance/testing';
import { Broker, Service, World, numbers } from './kafka-world.js';

describePart('kafka', 'groups and relays over Kafka', () => {
  let broker: Broker;
  let world: World;

  beforeAll(async () => {
    broker = await Broker.start();
  });

  beforeEach(async () => {
    world = await World.start(broker);
  });

  afterEach(async () => {
    await world.close();
  });

  afterAll(async () => {
    await broker.close();
  });

  const leads = Array.from({ length: 24 }, () => newId());
  const round = (service: Service, n: number): Promise<void> =>
    world.append(...leads.map((lead) => service.say(lead, n)));

  async function expectOnceInOrder(service: Service, rounds: number): Promise<void> {
    for (const lead of leads) expect(await world.heard(service, lead)).toEqual(numbers(rounds));
  }

  /** The mark of the service's group has passed a position. */
  const passed = (service: Service, position: number): Promise<unknown> =>
    eventually(
      async () =>
        (
          await world.database.db.query('select from event_log.reader where group_name = $1 and position >= $2', [
            service.name,
            position,
          ])
        ).length === 1,
    );

  /** The first time each event stands in its partition, the events before it in the log stand before it. */
  function expectOneOrder(partitions: readonly Envelope[][]): void {
    for (const records of partitions) {
      const firsts = [...new Set(records.map(({ position }) => position))];
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
    }
  }

  it('shares a group anew while a batch is in hand', async () => {
    const service = new Service();
    await world.relay();
    let isInHand: (() => void) | null = null;
    const inHand = new Promise<void>((resolve) => (isInHand = resolve));
    service.before = async (_events, tx) => {
      await tx.query('select pg_sleep($1)', [isInHand ? 3 : 0.01]);
      isInHand?.();
      isInHand = null;
    };
    for (let n = 0; n < 10; n++) await round(service, n);
    const one = await world.run(service);
    await eventually(async () => (await one.readers.lag())[0]?.state === 'running');

    const two = await world.run(service);
    await inHand;
    for (let n = 10; n < 60; n++) await round(service, n);
    await world.atEnd(one.readers);

    await expectOnceInOrder(service, 60);
    const shares = await world.database.db.query<{ instance: number }>(
      'select distinct instance from public.heard where service = $1 order by instance',
      [service.name],
    );
    expect(shares.map((share) => share.instance)).toEqual([one.instance, two.instance]);
  });

  it('absorbs what comes again when the offsets of a group were reset', async () => {
    const service = new Service();
    await world.relay();
    const { readers, close } = await world.run(service);
    for (let n = 0; n < 5; n++) await round(service, n);
    await world.atEnd(readers);
    await close();

    await broker.admin(async (admin) => {
      const { groups } = await admin.listGroups();
      const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`relance.${service.name}.`));
      expect(ours).toHaveLength(1);
      await admin.resetOffsets({ groupId: ours[0] ?? '', topic: 'relance.leads', earliest: true });
    });
    await round(service, 5);
    await world.atEnd((await world.run(service)).readers);

    await expectOnceInOrder(service, 6);
  });

  it('handles nothing of before a replay after it, whatever an instance has in hand', async () => {
    const service = new Service();
    await world.relay();
    for (let n = 0; n < 5; n++) await round(service, n);
    const one = await world.run(service);
    const two = await world.run(service);
    await world.atEnd(one.readers);
    service.before = (_events, tx) => tx.query('select pg_sleep(0.2)').then(() => undefined);
    for (let n = 5; n < 15; n++) await round(service, n);

    await two.readers.replay(service.name);
    for (let n = 15; n < 20; n++) await round(service, n);
    await world.atEnd(one.readers);

    await expectOnceInOrder(service, 20);
  });

  it('replays what the log keeps, though Kafka still holds more', async () => {
    const service = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    for (let n = 0; n < 5; n++) await round(service, n);
    await world.atEnd(readers);
    await passed(service, 5 * leads.length);
    await world.database.db.query("update event_log.event set appended_at = appended_at - interval '30 days'");
    for (let n = 5; n < 8; n++) await round(service, n);
    expect(await trimStep(world.database.db, 14)).toBe(5 * leads.length);

    await readers.replay(service.name);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 8);
  });

  it('goes on after a stop with what was fetched and not handled', async () => {
    const service = new Service();
    await world.relay();
    for (let n = 0; n < 80; n++) await round(service, n);
    service.before = (_events, tx) => tx.query('select pg_sleep(0.01)').then(() => undefined);
    const { readers, close } = await world.run(service);
    await eventually(async () => (await readers.lag())[0]?.state === 'running');

    await close();
    const before = (await world.heard(service)).length;
    await world.atEnd((await world.run(service)).readers);

    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(80 * leads.length);
    await expectOnceInOrder(service, 80);
  });

  it('publishes in one order when a relay loses its session within a send and another takes over', async () => {
    const service = new Service();
    const one = await world.relay();
    await eventually(async () => (await one.relay.lag()).length === 1);
    await world.relay();
    const { readers } = await world.run(service);
    await round(service, 0);
    await world.atEnd(readers);

    broker.freeze();
    for (let n = 1; n < 10; n++) await round(service, n);
    const from = performance.now();
    await eventually(() => performance.now() - from > 300);
    await world.database.db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity join pg_locks using (pid) where locktype = 'advisory' and objid = 7106408 and granted",
    );
    await eventually(() => performance.now() - from > 2_000);
    broker.thaw();
    for (let n = 10; n < 20; n++) await round(service, n);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 20);
    const records = await broker.records(world.logId);
    expectOneOrder(records);
    expect(records.flat().length).toBeGreaterThan(20 * leads.length);
  });

  it('publishes on when the relay is frozen, and in one order when it wakes', async () => {
    const service = new Service();
    const frozen = await world.relay({ endSilentAfterMs: 1_500 });
    await eventually(async () => (await frozen.relay.lag()).length === 1);
    const other = await world.relay({ endSilentAfterMs: 1_500 });
    const { readers } = await world.run(service);
    await round(service, 0);
    await world.atEnd(readers);

    frozen.wire.freeze();
    for (let n = 1; n < 10; n++) await round(service, n);
    await world.atEnd(readers);
    frozen.wire.mend();
    for (let n = 10; n < 20; n++) await round(service, n);
    await eventually(async () => (await frozen.relay.lag()).length === 0);
    await other.close();
    for (let n = 20; n < 30; n++) await round(service, n);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 30);
    expectOneOrder(await broker.records(world.logId));
    expect(await world.epoch()).toBe(1);
  });

  it('publishes again from where its cursor is put, and ends when it is moved under it', async () => {
    const service = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    for (let n = 0; n < 5; n++) await round(service, n);
    await world.atEnd(readers);

    await world.database.db.query("update event_log.reader set position = 0 where group_name = 'relay'");
    await round(service, 5);
    await world.atEnd(readers);

    await eventually(async () => (await broker.records(world.logId)).flat().length === (5 + 1 + 6) * leads.length);
    await expectOnceInOrder(service, 6);
  });

  it('has one relay among its processes, which says how far it is; another takes over when it stops', async () => {
    const service = new Service();
    const processes = [await world.run(service, true), await world.run(service, true)];
    const relayItems = async (): Promise<(object | undefined)[]> =>
      Promise.all(processes.map(async ({ readers }) => (await readers.lag()).find(({ reader }) => reader === 'relay')));
    const idle = { service: 'event-log', reader: 'relay', state: 'waiting', lagEvents: 0, lagSeconds: 0 };
    const first = await eventually(async () => (await relayItems()).findIndex((item) => item !== undefined) + 1);
    expect((await relayItems()).filter((item) => item !== undefined)).toEqual([idle]);

    await processes[first - 1]?.close();
    const [other] = processes.filter((_, index) => index !== first - 1);
    await round(service, 0);
    if (other) await world.atEnd(other.readers);

    await expectOnceInOrder(service, 1);
    expect((await other?.readers.lag())?.at(-1)).toEqual(idle);
  });

  it('deletes from Kafka what the log no longer holds, never more, and then what the inboxes noted', async () => {
    const service = new Service();
    await world.relay({ trimEveryMs: 200, sampleEveryMs: 200 });
    const { readers } = await world.run(service);
    for (let n = 0; n < 5; n++) await round(service, n);
    await world.atEnd(readers);
    const { db } = world.database;
    const inbox = async (): Promise<number> =>
      (await db.query<{ count: number }>('select count(*) as count from event_log.inbox'))[0]?.count ?? -1;
    // A sample is taken, and the group's mark has passed.
    await eventually(
      async () => (await db.query('select from event_log.relay_sample where position >= 120')).length === 1,
    );
    await passed(service, 5 * leads.length);
    await db.query("update event_log.event set appended_at = appended_at - interval '30 days'");
    for (let n = 5; n < 8; n++) await round(service, n);
    await world.atEnd(readers);

    expect(await trimStep(db, 14)).toBe(5 * leads.length);
    expect(await inbox()).toBe(8 * leads.length);
    await eventually(async () => {
      await trimStep(db, 14);
      return (await inbox()) === 3 * leads.length;
    });
    const kept = (await broker.records(world.logId)).flat();
    expect(kept.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 3 * leads.length }, (_, i) => 5 * leads.length + 1 + i),
    );
    await readers.replay(service.name);
    await world.atEnd(readers);
    await expectOnceInOrder(service, 8);
  });
});
