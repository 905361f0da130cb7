import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { RunningKafka } from '@relance/testbed';
import { startKafka } from '@relance/testbed';
import { describePart, eventually } from '@relance/testing';
import { calmIdleTimer } from '../src/kafka/idle-timer.js';

describePart('kafka', "kafkajs's timers", () => {
  let directory: string;
  let kafka: RunningKafka;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'relance-kafka-'));
    kafka = await startKafka({ directory });
  });

  afterAll(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Timers that a connected client arms in half a second without work. */
  async function timersArmed(): Promise<number> {
    const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.listTopics();
    const armed = jest.spyOn(globalThis, 'setTimeout');
    const from = performance.now();
    await eventually(() => performance.now() - from > 500);
    const count = armed.mock.calls.length;
    armed.mockRestore();
    await admin.disconnect();
    return count;
  }

  it('are armed for ever as kafkajs has it, and not at all once calmed', async () => {
    const asItIs = await timersArmed();
    const restore = calmIdleTimer();
    const calmed = await timersArmed();
    restore();

    expect(asItIs).toBeGreaterThan(100);
    expect(calmed).toBe(0);
  });
});
