import { ConfigInvalid } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { KafkaTransport, PostgresTransport, Relay, eventLogConfig } from '@relance/event-log';
import type { Transport, Wakeup } from '@relance/event-log';
import { describeError } from '@relance/logging';
import { relanceConfig } from '@relance/process';
import type { Platform } from './platform.module.js';

/**
 * How events reach this process, as `EVENT_LOG_TRANSPORT` says.
 *
 * @param keepsLog this process also stands for the relay that fills Kafka; of all that do, one is active.
 * @throws {ConfigInvalid}
 */
export function openTransport(platform: Platform, wakeup: Wakeup, keepsLog: boolean): Transport {
  const { db, logger, config } = platform;
  const eventLog = config.get(eventLogConfig.token) as ConfigOf<typeof eventLogConfig>;
  if (eventLog.EVENT_LOG_TRANSPORT === 'postgres') return new PostgresTransport(db, wakeup, logger);

  const { DATABASE_URL } = config.get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const brokers = eventLog.KAFKA_BROKERS;
  if (brokers.length === 0 || DATABASE_URL === undefined)
    throw new ConfigInvalid(['KAFKA_BROKERS: is needed where EVENT_LOG_TRANSPORT is kafka']);
  const relay = keepsLog ? new Relay({ databaseUrl: DATABASE_URL, brokers }, db, wakeup, logger) : null;
  const onCrash = (error: unknown): void => {
    logger.error('a reader of Kafka ended for good, and the process with it', { error: describeError(error) });
    process.exit(1);
  };
  return new KafkaTransport({ brokers, onCrash }, db, relay, logger);
}
