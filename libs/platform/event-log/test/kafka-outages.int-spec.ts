import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { newId } from '@relance/events';
import { createTopics } from '@relance/event-log';
import { createLogger } from '@relance/logging';
import { describePart, eventually } from '@relance/testing';
import { Broker, Service, World, numbers } from './kafka-world.js';

describePart('kafka', 'when Kafka is in trouble', () => {
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

  const leads = Array.from({ length: 20 }, () => newId());
  const round = (service: Service, n: number): Promise<void> =>
    world.append(...leads.map((lead) => service.say(lead, n)));

  async function expectOnceInOrder(service: Service, rounds: number): Promise<void> {
    for (const lead of leads) expect(await world.heard(service, lead)).toEqual(numbers(rounds));
  }

  it('accepts while it is away, and loses and doubles nothing when it was killed and is started again', async () => {
    const service = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    for (let n = 0; n < 10; n++) await round(service, n);

    await broker.kill();
    for (let n = 10; n < 20; n++) await round(service, n);
    const late = new Service();
    const { readers: lateReaders } = await world.run(late);
    await world.append(late.say('late', 0));
    expect((await readers.lag())[0]?.lagEvents).toBeGreaterThanOrEqual(10 * leads.length);
    await broker.startAgain();
    for (let n = 20; n < 30; n++) await round(service, n);
    await world.atEnd(readers);
    await world.atEnd(lateReaders);

    await expectOnceInOrder(service, 30);
    expect(await world.heard(late)).toEqual([0]);
    expect(await world.epoch()).toBe(1);
  });

  it('accepts while it hangs, and loses and doubles nothing when it is back', async () => {
    const service = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    await round(service, 0);
    await world.atEnd(readers);

    broker.freeze();
    const from = performance.now();
    let slowest = 0;
    for (let n = 1; performance.now() - from < 8_000; n++) {
      const before = performance.now();
      await world.append(service.say('during', n));
      slowest = Math.max(slowest, performance.now() - before);
      await eventually(() => performance.now() - before > 100);
    }
    broker.thaw();
    for (let n = 1; n < 10; n++) await round(service, n);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 10);
    const during = await world.heard(service, 'during');
    expect(during).toEqual(numbers(during.length + 1).slice(1));
    expect(slowest).toBeLessThan(5_000);
  });

  it('fills another Kafka from the log by itself, and those who read go back to its beginning', async () => {
    const service = new Service();
    const asleep = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    const sleeping = await world.run(asleep);
    for (let n = 0; n < 10; n++)
      await world.append(...leads.flatMap((lead) => [service.say(lead, n), asleep.say(lead, n)]));
    await world.atEnd(readers);
    await sleeping.close();
    for (let n = 10; n < 20; n++)
      await world.append(...leads.flatMap((lead) => [service.say(lead, n), asleep.say(lead, n)]));
    await world.atEnd(readers);

    await broker.replace();
    await world.append(...leads.flatMap((lead) => [service.say(lead, 20), asleep.say(lead, 20)]));
    await world.atEnd(readers);
    const { readers: woken } = await world.run(asleep);
    await world.atEnd(woken);

    await expectOnceInOrder(service, 21);
    await expectOnceInOrder(asleep, 21);
    expect(await world.epoch()).toBe(2);
    const records = (await broker.records(world.logId)).flat();
    expect(new Set(records.map((record) => record.id)).size).toBe(21 * 2 * leads.length);
  });

  it('makes deleted topics again, and fills them', async () => {
    const service = new Service();
    await world.relay();
    const { readers } = await world.run(service);
    for (let n = 0; n < 5; n++) await round(service, n);
    await world.atEnd(readers);

    await broker.deleteTopics();
    for (let n = 5; n < 10; n++) await round(service, n);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 10);
    expect(await world.epoch()).toBe(2);

    // Made again by somebody else, so that nothing fails and only the offsets tell.
    await broker.deleteTopics();
    await createTopics(broker.brokers, createLogger({ level: 'silent' }));
    for (let n = 10; n < 15; n++) await round(service, n);
    await world.atEnd(readers);

    await expectOnceInOrder(service, 15);
    expect(await world.epoch()).toBe(3);
  });

  it('stops within a few seconds while it hangs', async () => {
    const service = new Service();
    const { close: closeRelay } = await world.relay();
    const { readers, close } = await world.run(service);
    await round(service, 0);
    await world.atEnd(readers);

    broker.freeze();
    await round(service, 1);
    const from = performance.now();
    await Promise.all([close(), closeRelay()]);
    const tookMs = performance.now() - from;
    broker.thaw();

    expect(tookMs).toBeLessThan(4_800);
  });

  it('reads nothing of what its database does not know, as after a restore, until the topics are deleted', async () => {
    const service = new Service();
    const { close } = await world.relay();
    const { readers, close: stop } = await world.run(service);
    await round(service, 0);
    await world.atEnd(readers);
    await Promise.all([close(), stop()]);
    await world.database.db.query('update event_log.relay set cluster_id = null');
    const { close: closeSecond } = await world.relay();
    await eventually(async () => (await world.epoch()) === 2);
    await round(service, 1);
    await eventually(async () => (await broker.records(world.logId)).flat().length === 3 * leads.length);
    await closeSecond();

    await world.database.db.query('update event_log.relay set epoch = 1');
    const { relay } = await world.relay();
    const { readers: restored } = await world.run(service);
    await round(service, 2);
    await eventually(async () => (await relay.lag())[0]?.lagEvents === 0);
    const from = performance.now();
    await eventually(() => performance.now() - from > 1_500);
    await expectOnceInOrder(service, 1);

    await broker.deleteTopics();
    await round(service, 3);
    await world.atEnd(restored);

    await expectOnceInOrder(service, 4);
  });
});
