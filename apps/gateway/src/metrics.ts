import { Counter, Gauge, Histogram } from 'prom-client';
import { serviceNames } from '@relance/process';
import type { Upstreams } from './upstreams.js';

/** Seconds until an answer was passed on whole, by service and class of status (`2xx`). */
export const answered = new Histogram({
  name: 'relance_gateway_answer_seconds',
  help: 'Seconds until an answer was passed on whole',
  labelNames: ['service', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

export const unreachable = new Counter({
  name: 'relance_gateway_unreachable_total',
  help: 'Requests that no instance of a service could take',
  labelNames: ['service'],
});

/** Counts living instances whenever metrics are read. */
export function countInstances(upstreams: Upstreams): Gauge {
  return new Gauge({
    name: 'relance_gateway_living_instances',
    help: 'Instances of a service that answer',
    labelNames: ['service'],
    collect() {
      for (const service of serviceNames) this.set({ service }, upstreams[service].living().length);
    },
  });
}
