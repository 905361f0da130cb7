import { Counter, Gauge, Histogram } from 'prom-client';

export const fireLateness = new Histogram({
  name: 'sla_fire_lateness_seconds',
  help: 'From the due time of a step to its firing, by the clock of the database',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600],
});

export const breachedTotal = new Counter({
  name: 'sla_breached_total',
  help: 'Broken promises',
  labelNames: ['team', 'milestone', 'cause'],
});

export const openClocks = new Gauge({ name: 'sla_clock_open', help: 'Promises that run' });

export const sweeperAge = new Gauge({
  name: 'sla_sweeper_age_seconds',
  help: 'Since the sweeper last looked for due steps and succeeded',
});
