import { z } from 'zod';
import { commaList, configSection, wholeNumber } from '@relance/config';

export const eventLogConfig = configSection('event-log', {
  EVENT_LOG_TRANSPORT: {
    schema: z.enum(['postgres', 'kafka']).default('postgres'),
    about: 'how events reach the services: postgres reads the log itself, kafka needs KAFKA_BROKERS',
    example: 'postgres',
  },
  KAFKA_BROKERS: {
    schema: commaList(),
    about: 'host:port of the brokers, with commas between them, where events travel over Kafka',
    example: '127.0.0.1:9092',
  },
  EVENT_LOG_RETENTION_DAYS: {
    schema: wholeNumber({ min: 1, max: 3650, default: 14 }),
    about: 'days that events are kept once every service has handled them',
    example: '14',
  },
});
