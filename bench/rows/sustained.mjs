import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { burst, median } from '../lib/load.mjs';
import { promise, startProduct } from '../lib/product.mjs';
import { bareIntake, barePipeline } from '../lib/reference.mjs';

/** As fast as it accepts for some seconds, then until every reader is at the end: intake under load, the whole way, and memory. */
export async function sustained({ rounds, seconds }) {
  const intake = [];
  const whole = [];
  const idle = [];
  const loaded = [];
  const seen = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await bareIntake('group', seconds);
    const pipeline = await barePipeline(20_000);
    const bareWhole = 1 / (1 / bare + 1 / pipeline);
    const product = await startProduct();
    try {
      await product.organise(promise('PT30M'));
      await pause(2_000);
      idle.push(product.residentMb());
      const target = { port: product.port, path: '/in/forms/site' };
      await burst(target, { seconds: 2 });
      await product.settled();
      const from = performance.now();
      const got = await burst(target, { seconds });
      await product.settled();
      const perSecond = got.accepted / ((performance.now() - from) / 1000);
      loaded.push(product.residentMb());
      intake.push(got.perSecond / bare);
      whole.push(perSecond / bareWhole);
      seen.push({ intake: got.perSecond, bare, perSecond, bareWhole, pipeline });
    } finally {
      await product.stop();
    }
  }
  const of = (name) => Math.round(median(seen.map((round) => round[name])));
  return [
    {
      what: 'burst intake, everything else running',
      unit: '× bare group commit',
      values: intake,
      target: { atLeast: 0.5 },
      seen: `${of('intake')}/s, bare ${of('bare')}/s`,
    },
    {
      what: 'sustained end to end, one process',
      unit: '× the bare whole',
      values: whole,
      target: { atLeast: 0.5 },
      seen: `${of('perSecond')}/s, bare whole ${of('bareWhole')}/s, pipeline ${of('pipeline')}/s`,
    },
    { what: 'memory, idle', unit: 'MB', values: idle, target: { atMost: 300 }, seen: 'Node only' },
    { what: 'memory, under that load', unit: 'MB', values: loaded, target: { atMost: 600 }, seen: 'Node only' },
  ];
}
