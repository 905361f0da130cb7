import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import {
  CreateEventLog1763800000000,
  CreateRelay1763900000000,
  KafkaTransport,
  Relay,
  Wakeup,
} from '@relance/event-log';
import { createLogger } from '@relance/logging';
import { Db } from '@relance/postgres';
import { startKafka } from '@relance/testbed';
import { describePart, freshDatabase, startTcpProxy } from '@relance/testing';
import { transportConformance } from './conformance.js';

describePart('kafka', 'the log over a real broker', () => {
  transportConformance('kafka', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'relance-kafka-'));
    const kafka = await startKafka({ directory });
    const database = await freshDatabase([CreateEventLog1763800000000, CreateRelay1763900000000]);
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const logger = createLogger({ level: (process.env['LOG_LEVEL'] ?? 'silent') as 'silent' });
    const wakeup = new Wakeup();
    const relay = new Relay({ databaseUrl: url.href, brokers: kafka.brokers }, database.db, wakeup, logger);
    relay.start();
    const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    return {
      connect: async () => {
        const db = await Db.connect({ url: url.href, applicationName: 'conformance', poolSize: 14, rows: [] }, logger);
        const onCrash = (error: unknown): void => {
          throw error;
        };
        const transport = new KafkaTransport({ brokers: kafka.brokers, onCrash }, db, null, logger);
        return { db, wakeup, transport, close: () => db.close() };
      },
      forgetProgress: async (group) => {
        const { groups } = await admin.listGroups();
        await admin.deleteGroups(
          groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`relance.${group}.`)),
        );
        await database.db.query('update event_log.reader set position = 0 where group_name = $1', [group]);
      },
      cut: () => proxy.cut(),
      mend: () => proxy.mend(),
      close: async () => {
        await relay.close();
        await admin.disconnect();
        await proxy.close();
        await database.close();
        await kafka.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  });
});
