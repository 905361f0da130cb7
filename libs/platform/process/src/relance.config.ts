import { z } from 'zod';
import { configSection, optionalUrl, wholeNumber } from '@relance/config';

export const relanceConfig = configSection('relance', {
  PORT: {
    schema: wholeNumber({ min: 0, max: 65535, default: 3000 }),
    about: 'port to listen on; 0 takes any free one, which the ready line tells',
    example: '3000',
  },
  HOST: { schema: z.string().default('127.0.0.1'), about: 'address to listen on', example: '127.0.0.1' },
  PUBLIC_URL: {
    schema: optionalUrl('http:', 'https:'),
    about: 'how browsers and mail programs reach this installation; where it listens, when not set',
    example: 'https://leads.example.org',
  },
  RELANCE_DATA_DIR: {
    schema: z.string().default('.relance'),
    about: 'directory that holds everything',
    example: '.relance',
  },
  RELANCE_ADMIN_TOKEN: {
    schema: z.string().min(32).optional(),
    about: "an administrator's API token, at least 32 characters; made and kept in the data directory when not set",
    isSecret: true,
  },
  SECRETS_KEY: {
    schema: z
      .string()
      .refine((key) => Buffer.from(key, 'base64').length === 32, 'must be 32 bytes in base64')
      .optional(),
    about:
      'key that seals secrets in the database, 32 bytes in base64; made and kept in the data directory when not set',
    isSecret: true,
  },
  DATABASE_URL: {
    schema: optionalUrl('postgres:', 'postgresql:'),
    about: 'your Postgres (16 or newer); an embedded one in the data directory when not set',
    example: 'postgres://relance@127.0.0.1:5432/relance',
    isSecret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: wholeNumber({ min: 4, max: 200, default: 16 }),
    about: 'connections this process opens at most',
    example: '16',
  },
  LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    about: 'least severe log lines that are written',
    example: 'info',
  },
});
