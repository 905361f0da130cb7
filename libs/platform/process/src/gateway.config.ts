import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { commaList, configSection } from '@relance/config';
import { servicePorts } from './service-ports.js';

const origins = (port: number): z.ZodType<string[]> =>
  z
    .string()
    .default(`http://127.0.0.1:${port}`)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim().replace(/\/+$/, ''))
        .filter((part) => part !== ''),
    )
    .refine(
      (urls) => urls.length > 0 && urls.every((url) => URL.canParse(url) && new URL(url).origin === url),
      'must be origins between commas',
    );

const instancesOf = (name: string, port: number): { schema: z.ZodType<string[]>; about: string; example: string } => ({
  schema: origins(port),
  about: `where the gateway finds ${name}; several instances between commas, or a name that stands for several addresses`,
  example: `http://127.0.0.1:${port}`,
});

/** What the gateway reads beside its port. */
export const gatewayConfig = configSection('gateway', {
  INGESTION_URL: instancesOf('ingestion', servicePorts.ingestion),
  SCORING_URL: instancesOf('scoring', servicePorts.scoring),
  ROUTING_URL: instancesOf('routing', servicePorts.routing),
  SLA_WATCHDOG_URL: instancesOf('sla-watchdog', servicePorts['sla-watchdog']),
  NURTURE_URL: instancesOf('nurture', servicePorts.nurture),
  DESK_URL: instancesOf('desk', servicePorts.desk),
  TRUSTED_PROXIES: {
    schema: commaList().refine(
      (entries) => entries.every(isAddressOrNetwork),
      'must be addresses or networks between commas',
    ),
    about: 'addresses and networks of proxies in front of us whose X-Forwarded-For is believed',
    example: '10.0.0.0/8,127.0.0.1',
  },
});

function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(bits ?? 32), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
