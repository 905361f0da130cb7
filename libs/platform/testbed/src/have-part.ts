import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '@relance/config';
import { dockerAnswers } from './containers.js';
import { archivesFolder } from './java-archives.js';
import { findProgram, javaVersion } from './programs.js';

/** Whether {@link startKafka} or {@link startRedis} would find what it needs on this machine, or be told where it is. */
export async function havePart(part: 'kafka' | 'redis'): Promise<boolean> {
  if (environment()[part === 'kafka' ? 'KAFKA_BROKERS' : 'REDIS_URL']) return true;
  if (part === 'redis' && findProgram('redis-server') !== null) return true;
  if (await dockerAnswers()) return true;
  const isFetched = existsSync(join(archivesFolder(), part === 'kafka' ? 'lib' : 'redis'));
  if (part === 'redis' && isFetched) return true;
  return javaVersion() >= 17 && (isFetched || findProgram('mvn') !== null);
}
