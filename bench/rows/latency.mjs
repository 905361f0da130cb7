import { setTimeout as pause } from 'node:timers/promises';
import { percentiles, steady } from '../lib/load.mjs';
import { promise, startProduct } from '../lib/product.mjs';

/** How long one lead waits: for its answer at 200 a second, and for an owner and a running clock at 50 a second. */
export async function latency({ rounds, seconds }) {
  const answer = [];
  const owned50 = [];
  const owned99 = [];
  for (let round = 0; round < rounds; round++) {
    const product = await startProduct();
    try {
      await product.organise(promise('PT30M'));
      const target = { port: product.port, path: '/in/forms/site' };
      await steady(target, { seconds: 2, perSecond: 50 });
      answer.push(percentiles((await steady(target, { seconds, perSecond: 200 })).map(({ ms }) => ms)).p99);
      await product.settled();
      const leads = await steady(target, { seconds, perSecond: 50 });
      await pause(1_000);
      await product.settled();
      const waited = [];
      for (const { text, sentAt } of leads) {
        const story = await product.ask('GET', `/api/desk/leads/${JSON.parse(text).leadId}`);
        const recorded = (type) => Date.parse(story.timeline.find((event) => event.type === type)?.recordedAt ?? '');
        waited.push(Math.max(recorded('lead.assigned'), recorded('sla.started')) - sentAt);
      }
      if (!waited.every(Number.isFinite)) throw new Error('a lead has no owner or no clock');
      owned50.push(percentiles(waited).p50);
      owned99.push(percentiles(waited).p99);
    } finally {
      await product.stop();
    }
  }
  return [
    { what: 'intake latency at 200 leads/s, p99', unit: 'ms', values: answer, target: { atMost: 50 } },
    { what: 'form → owner and clock at 50 leads/s, p50', unit: 'ms', values: owned50, target: { atMost: 30 } },
    { what: 'form → owner and clock at 50 leads/s, p99', unit: 'ms', values: owned99, target: { atMost: 150 } },
  ];
}
