import { z } from 'zod';
import { commaList, configSection } from '@relance/config';
import { isAddressOrNetwork } from './intake/client-address.js';

export const ingestionConfig = configSection('ingestion', {
  TRUSTED_PROXIES: {
    schema: commaList().refine(
      (entries) => entries.every(isAddressOrNetwork),
      'must be addresses or networks between commas',
    ),
    about: 'addresses and networks of proxies in front of us whose X-Forwarded-For is believed',
    example: '10.0.0.0/8,127.0.0.1',
  },
  SECRETS_KEY: {
    schema: z
      .string()
      .refine((key) => Buffer.from(key, 'base64').length === 32, 'must be 32 bytes in base64')
      .optional(),
    about:
      'key that seals the secrets of sources, 32 bytes in base64; made and kept in the data directory when not set',
    isSecret: true,
  },
});
