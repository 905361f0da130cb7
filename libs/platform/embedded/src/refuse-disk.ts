import { errorField } from './error-field.js';
import { StartRefused } from './start-refused.js';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT']);
const unwritable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOENT',
  'ELOOP',
  'ENAMETOOLONG',
  'EIO',
]);

/** Does something with the data directory's files and tells a person what to do when the disk says no. */
export function onDisk<Result>(directory: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw refusalOf(directory, error);
  }
}

function refusalOf(directory: string, error: unknown): unknown {
  const code = String(errorField(error, 'code'));
  if (outOfSpace.has(code)) return noSpace(directory, error);
  if (unwritable.has(code)) {
    const path = errorField(error, 'path');
    return new StartRefused(
      'data-directory.unwritable',
      `The data directory ${directory} cannot be used: ${wordsFor(code)} (${code} at ${typeof path === 'string' ? path : directory}). ` +
        'Make it a directory this user may write to, or set RELANCE_DATA_DIR to another one.',
      error,
    );
  }
  return error;
}

export function noSpace(directory: string, cause?: unknown): StartRefused {
  return new StartRefused(
    'data-directory.no-space',
    `There is too little free disk space for the data directory ${directory}: at least ${neededFreeBytes / 1_000_000} MB are needed. ` +
      'Free some, or set RELANCE_DATA_DIR to a directory on another disk.',
    cause,
  );
}

/** Below this Postgres would stop in the middle of its first write-ahead files. */
export const neededFreeBytes = 200_000_000;

function wordsFor(code: string): string {
  switch (code) {
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'there is a file where a directory should be';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read or write it';
    default:
      return 'the file system refuses it';
  }
}
