import type { ConfigOf } from '@relance/config';
import type { Service } from '@relance/events';
import type { Logger } from '@relance/logging';
import { serviceNames } from '@relance/process';
import type { gatewayConfig } from '@relance/process';
import { Upstream } from './upstream.js';

/** Every service behind the gateway. */
export type Upstreams = Readonly<Record<Service, Upstream>>;

/** @returns once each was looked at; a service that does not answer is no reason to wait. */
export async function openUpstreams(
  config: ConfigOf<typeof gatewayConfig>,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<Upstreams> {
  const upstreams: Upstreams = {
    ingestion: new Upstream('ingestion', config.INGESTION_URL, logger),
    scoring: new Upstream('scoring', config.SCORING_URL, logger),
    routing: new Upstream('routing', config.ROUTING_URL, logger),
    'sla-watchdog': new Upstream('sla-watchdog', config.SLA_WATCHDOG_URL, logger),
    nurture: new Upstream('nurture', config.NURTURE_URL, logger),
    desk: new Upstream('desk', config.DESK_URL, logger),
  };
  await Promise.all(
    serviceNames.map(async (service) => {
      opened.defer(() => upstreams[service].stop());
      await upstreams[service].start();
    }),
  );
  return upstreams;
}
