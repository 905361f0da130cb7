import { createLogger } from '@relance/logging';
import { Db } from '@relance/postgres';
import { CreateEventLog1763800000000, PostgresTransport, Wakeup } from '@relance/event-log';
import { freshDatabase, startTcpProxy } from '@relance/testing';
import { transportConformance } from './conformance.js';

transportConformance('postgres', async () => {
  const database = await freshDatabase([CreateEventLog1763800000000]);
  const proxy = await startTcpProxy(Number(new URL(database.url).port));
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const logger = createLogger({ level: 'silent' });
  return {
    connect: async () => {
      const db = await Db.connect({ url: url.href, applicationName: 'conformance', poolSize: 14, rows: [] }, logger);
      const wakeup = new Wakeup();
      return { db, wakeup, transport: new PostgresTransport(db, wakeup, logger), close: () => db.close() };
    },
    forgetProgress: async (group) => {
      await database.db.query('update event_log.reader set position = 0 where group_name = $1', [group]);
    },
    cut: () => proxy.cut(),
    mend: () => proxy.mend(),
    close: async () => {
      await proxy.close();
      await database.close();
    },
  };
});
