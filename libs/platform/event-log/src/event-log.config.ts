import { z } from 'zod';
import { configSection, wholeNumber } from '@relance/config';

export const eventLogConfig = configSection('event-log', {
  EVENT_LOG_TRANSPORT: {
    schema: z.enum(['postgres']).default('postgres'),
    about: 'how events reach the services: postgres reads the log itself',
    example: 'postgres',
  },
  EVENT_LOG_RETENTION_DAYS: {
    schema: wholeNumber({ min: 1, max: 3650, default: 14 }),
    about: 'days that events are kept once every service has handled them',
    example: '14',
  },
});
