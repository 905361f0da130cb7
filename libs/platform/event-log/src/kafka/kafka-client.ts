import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from '@relance/logging';
import { calmIdleTimer } from './idle-timer.js';
import type { KafkaSockets } from './kafka-sockets.js';

/** A silent broker is given up after this time. */
export const requestTimeoutMs = 10_000;

let isCalm = false;

/** kafkajs as we use it: bounded requests, few retries of its own, and its talk at `debug`, since we say ourselves what matters. */
export function kafkaClient(brokers: readonly string[], sockets: KafkaSockets, logger: Logger): Kafka {
  if (!isCalm) calmIdleTimer();
  isCalm = true;
  return new Kafka({
    brokers: [...brokers],
    clientId: 'relance',
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    // Given in full: kafkajs has other defaults where NODE_ENV is "test".
    retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 },
    socketFactory: sockets.factory,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug('kafkajs', { namespace, says: log.message }),
  });
}
