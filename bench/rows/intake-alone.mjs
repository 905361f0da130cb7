import { burst, median } from '../lib/load.mjs';
import { startPostgres } from '../lib/postgres.mjs';
import { startProduct } from '../lib/product.mjs';
import { bareIntake } from '../lib/reference.mjs';

/** Durable intake with nothing else in the process: 2xx means committed, event appended. */
export async function intakeAlone({ rounds, seconds }) {
  const ours = [];
  const bare = [];
  const single = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareIntake('group', seconds));
    single.push(await bareIntake('single', seconds));
    const postgres = await startPostgres();
    const product = await startProduct({ program: 'bench/ingestion-alone.mjs', env: { DATABASE_URL: postgres.url } });
    try {
      await product.ask('PATCH', '/api/ingestion/sources/site', { settings: { rateLimit: 'none' } });
      const target = { port: product.port, path: '/in/forms/site' };
      await burst(target, { seconds: 2 });
      ours.push((await burst(target, { seconds })).perSecond);
    } finally {
      await product.stop();
      await postgres.stop();
    }
  }
  const ratio = ours.map((value, i) => value / bare[i]);
  const ratioToSingle = ours.map((value, i) => value / single[i]);
  return [
    {
      what: 'durable intake, ingestion alone',
      unit: '× bare group commit',
      values: ratio,
      target: { atLeast: 0.8 },
      seen: `${Math.round(median(ours))}/s, bare ${Math.round(median(bare))}/s`,
    },
    {
      what: 'durable intake, ingestion alone',
      unit: '× one transaction a request',
      values: ratioToSingle,
      target: { atLeast: 2 },
      seen: `single ${Math.round(median(single))}/s`,
    },
  ];
}
