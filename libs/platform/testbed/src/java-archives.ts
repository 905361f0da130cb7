import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment } from '@relance/config';
import { PartMissing } from './part-missing.js';
import { findProgram, javaVersion } from './programs.js';

/** What a local Kafka needs, and how to get it. */
export const howToGetJava = 'Install Java 17 or later and Maven: apt-get install openjdk-17-jre-headless maven';

const pom = fileURLToPath(new URL('../pom.xml', import.meta.url));
const run = promisify(execFile);

/** The folder that Maven fills once, outside the repository: one for each version of the list of archives. */
export function archivesFolder(): string {
  const cache = environment()['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'relance', createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16));
}

/**
 * The folder with the Java archives of Kafka, fetched when it is not there yet (17 s).
 *
 * @throws {PartMissing}
 */
export async function kafkaArchives(): Promise<string> {
  if (javaVersion() < 17) throw new PartMissing('kafka', 'there is no Java 17 or later', howToGetJava);
  return fetched('kafka', 'lib', ['dependency:copy-dependencies', '-DincludeScope=runtime']);
}

/**
 * The Redis server that comes within an archive.
 *
 * @throws {PartMissing} also where there is none for this system
 */
export async function redisProgram(): Promise<string> {
  const name = redisPrograms[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new PartMissing('redis', 'there is no redis-server', 'apt-get install redis-server');
  const folder = await fetched('redis', 'redis', [
    'dependency:unpack-dependencies',
    '-DincludeArtifactIds=embedded-redis',
    '-Dmdep.unpack.includes=redis-server-*',
  ]);
  const program = join(folder, name);
  chmodSync(program, 0o755);
  return program;
}

const redisPrograms: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** Fetches beside and renames, so that the folder is whole or not there; of two at once, both end with the same. */
async function fetched(part: 'kafka' | 'redis', name: string, goal: readonly string[]): Promise<string> {
  const folder = join(archivesFolder(), name);
  if (existsSync(folder)) return folder;
  if (findProgram('mvn') === null) throw new PartMissing(part, 'Maven (mvn) is not on the PATH', howToGetJava);
  mkdirSync(dirname(folder), { recursive: true });
  const half = mkdtempSync(`${folder}.half-`);
  try {
    await run('mvn', ['-q', '-B', '-f', pom, ...goal, `-DoutputDirectory=${half}`], { timeout: 300_000 });
    renameSync(half, folder);
  } catch (error) {
    if (existsSync(folder)) return folder;
    throw new PartMissing(part, 'Maven could not fetch its archives', 'Is the Maven repository in reach?', error);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}
