import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Service } from '@relance/events';
import { serviceNames } from '@relance/process';
import type { Upstreams } from './upstreams.js';

/** What the gateway counts, in a registry of its own. */
export class GatewayMetrics {
  private readonly registry = new Registry();

  private readonly seconds = new Histogram({
    name: 'relance_gateway_answer_seconds',
    help: 'Seconds until an answer was passed on whole',
    labelNames: ['service', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  private readonly notTaken = new Counter({
    name: 'relance_gateway_unreachable_total',
    help: 'Requests that no instance of a service could take',
    labelNames: ['service'],
    registers: [this.registry],
  });

  constructor(upstreams: Upstreams) {
    this.registry.registerMetric(
      new Gauge({
        name: 'relance_gateway_living_instances',
        help: 'Instances of a service that answer',
        labelNames: ['service'],
        registers: [],
        collect() {
          for (const service of serviceNames) this.set({ service }, upstreams[service].living().length);
        },
      }),
    );
  }

  answered(service: Service, status: number, seconds: number): void {
    this.seconds.observe({ service, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  unreachable(service: Service): void {
    this.notTaken.inc({ service });
  }

  /** Prometheus's text format. */
  async text(): Promise<{ type: string; body: string }> {
    return { type: this.registry.contentType, body: await this.registry.metrics() };
  }
}
