import type { Service } from '@relance/events';
import { z } from 'zod';
import { configSection } from '@relance/config';
import { serviceNames } from './service-ports.js';

const atMost = 16;

/** What `npm run start:services` reads beside what it hands on to the processes it starts. */
export const supervisorConfig = configSection('supervisor', {
  SERVICES_INSTANCES: {
    schema: z.string().default('').transform(toInstances),
    about: 'how many processes of a service npm run start:services starts; one of each that is not named',
    example: 'scoring=2,routing=2',
  },
});

function toInstances(text: string, context: z.RefinementCtx): ReadonlyMap<Service, number> {
  const instances = new Map<Service, number>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [name = '', count = ''] = part.split('=').map((piece) => piece.trim());
    const service = serviceNames.find((known) => known === name);
    if (service === undefined || !/^\d{1,2}$/.test(count) || Number(count) < 1 || Number(count) > atMost) {
      context.addIssue(`must be like scoring=2,routing=2, with 1 to ${atMost} of ${serviceNames.join(', ')}`);
      return z.NEVER;
    }
    instances.set(service, Number(count));
  }
  return instances;
}
