// A process of its own that starts Kafka or Redis, so that tests can kill it:
// node --import …/typescript-source.mjs part-process.ts kafka|redis <directory> [kept]
import { createServer } from 'node:net';
import { PartMissing, startKafka, startRedis } from '@relance/testbed';

const [part, directory = '', mode] = process.argv.slice(2);
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

try {
  const start = part === 'kafka' ? startKafka : startRedis;
  const { pid, how } = await start({ directory, isKept: mode === 'kept' });
  say({ pid, how });
  // As a server does.
  createServer().listen(0, '127.0.0.1');
} catch (error) {
  if (!(error instanceof PartMissing)) throw error;
  say({ missing: error.message, code: error.code });
}
