import { z } from 'zod';
import { configSection, optionalUrl } from '@relance/config';

export const slaWatchdogConfig = configSection('sla-watchdog', {
  SLA_ALERT_WEBHOOK_URL: {
    schema: optionalUrl('http:', 'https:'),
    about: 'where broken promises are told as Standard Webhooks; nowhere, when not set',
    example: 'https://hooks.example.org/relance',
  },
  SLA_ALERT_WEBHOOK_SECRET: {
    schema: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, 'must be whsec_ and at least 24 bytes in base64')
      .optional(),
    about: 'secret that signs them',
    isSecret: true,
  },
});
