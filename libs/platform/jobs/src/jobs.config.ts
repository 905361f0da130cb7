import { z } from 'zod';
import { configSection, optionalUrl } from '@relance/config';

export const jobsConfig = configSection('jobs', {
  JOBS_BACKEND: {
    schema: z.enum(['postgres', 'redis']).default('postgres'),
    about: 'where alarms wait: postgres keeps them in the same database, redis in REDIS_URL',
    example: 'postgres',
  },
  REDIS_URL: {
    schema: optionalUrl('redis:', 'rediss:'),
    about: 'your Redis (7 or newer, maxmemory-policy noeviction); needed where JOBS_BACKEND is redis',
    example: 'redis://127.0.0.1:6379',
    isSecret: true,
  },
});
