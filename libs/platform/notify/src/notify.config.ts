import { z } from 'zod';
import { commaList, configSection, optionalUrl } from '@relance/config';

export const notifyConfig = configSection('notify', {
  SMTP_URL: {
    schema: optionalUrl('smtp:', 'smtps:'),
    about:
      'server that takes our letters; when not set they are written as .eml files into outbox/ of the data directory',
    example: 'smtps://user:password@smtp.example.org',
    isSecret: true,
  },
  MAIL_FROM: {
    schema: z
      .string()
      .regex(/^[^\p{Cc}<>]*<[^\s<>,@]+@[^\s<>,@]+>$|^[^\s<>,@]+@[^\s<>,@]+$/u, 'must be an address, or Name <address>')
      .default('Relance <relance@localhost>'),
    about: 'who our letters come from',
    example: 'Relance <relance@example.org>',
  },
  WEBHOOKS_ALLOW_PRIVATE: {
    schema: commaList(),
    about: 'hosts that webhooks may reach although they are private or speak plain http, between commas',
    example: 'crm.internal,10.0.0.12',
  },
});
