import type { Service } from '@relance/events';

/** Where a service that runs alone listens, when `PORT` does not say otherwise. */
export const servicePorts: Readonly<Record<Service, number>> = {
  ingestion: 3001,
  scoring: 3002,
  routing: 3003,
  'sla-watchdog': 3004,
  nurture: 3005,
  desk: 3006,
};

/** Every service, in the order of a lead's way. */
export const serviceNames = Object.keys(servicePorts) as readonly Service[];
