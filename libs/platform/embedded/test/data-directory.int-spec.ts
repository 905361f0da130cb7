import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';
import { DataDirectory, ProcessesFile } from '@relance/embedded';

import { end, RelanceProcesses } from './relance-processes.js';

const processes = new RelanceProcesses();
const opened: DataDirectory[] = [];

function open(path: string, freeBytes?: number): DataDirectory {
  const directory = freeBytes === undefined ? DataDirectory.open(path) : DataDirectory.open(path, () => freeBytes);
  opened.push(directory);
  return directory;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

afterEach(async () => {
  for (const directory of opened.splice(0)) directory.release();
  await processes.cleanUp();
});

describe('the data directory', () => {
  it('is made for its owner alone', () => {
    const path = join(processes.directory(), 'deeper');
    open(path);
    expect(modeOf(path)).toBe('700');
    expect(readdirSync(path).sort()).toEqual(['lock', 'lock-owner']);
  });

  it('belongs to one process at a time and says who has it', () => {
    const path = processes.directory();
    const first = open(path);
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'data-directory.locked',
        message: expect.stringContaining(`process ${process.pid}`),
      }),
    );
    first.release();
    expect(() => open(path)).not.toThrow();
  });

  it('is given to exactly one of many who ask at once, again and again', async () => {
    const path = processes.directory();
    for (let round = 1; round <= 3; round++) {
      const asking = Array.from({ length: 8 }, () => processes.start(path, 'lock'));
      const answers = await Promise.all(asking.map((one) => Promise.race([one.said('locked'), one.said('refused')])));
      expect(answers.filter((answer) => 'locked' in answer)).toHaveLength(1);
      expect(answers.filter((answer) => answer['refused'] === 'data-directory.locked')).toHaveLength(7);
      // Killed: the next round finds what a crash leaves.
      await Promise.all(asking.map((one) => end(one.child, 'SIGKILL')));
    }
  });

  it('stays with a process that is frozen', async () => {
    const path = processes.directory();
    const first = processes.start(path, 'lock');
    await first.said('locked');
    first.child.kill('SIGSTOP');
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'data-directory.locked' }));
  });

  it('is refused when it is a file or below one, and the file is left alone', () => {
    const path = processes.directory();
    writeFileSync(path, 'mine');
    for (const wanted of [path, join(path, 'below')]) {
      expect(() => open(wanted)).toThrow(
        expect.objectContaining({
          code: 'data-directory.unwritable',
          message: expect.stringContaining('RELANCE_DATA_DIR'),
        }),
      );
    }
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('is refused when the file system is read-only', () => {
    // A kernel file system nobody may write to, root included.
    expect(() => open('/proc/relance')).toThrow(expect.objectContaining({ code: 'data-directory.unwritable' }));
  });

  it('is refused to a user who may not write to it', () => {
    const path = processes.directory();
    mkdirSync(path);
    chmodSync(path, 0o555);
    chmodSync(dirname(path), 0o755);
    expect(refusalToOthers(path)).toMatchObject({ refused: 'data-directory.unwritable' });
    expect(readdirSync(path)).toEqual([]);
  });

  it('is refused when less than 200 MB are free, before anything is written to it', () => {
    const path = processes.directory();
    expect(() => open(path, 199_999_999)).toThrow(expect.objectContaining({ code: 'data-directory.no-space' }));
    expect(readdirSync(path)).toEqual([]);
    expect(() => open(path, 200_000_000)).not.toThrow();
  });

  it('is refused when its lock is a file of somebody else', () => {
    const path = processes.directory();
    mkdirSync(path);
    writeFileSync(join(path, 'lock'), 'the key is under the mat, and the mat is elsewhere');
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'data-directory.half-made' }));
    expect(readFileSync(join(path, 'lock'), 'utf8')).toContain('mat');
  });
});

describe('its secrets', () => {
  it('are made once, for the owner alone, and kept', () => {
    const path = processes.directory();
    const first = open(path);
    const made = { token: first.adminToken(undefined), key: first.secretsKey('') };
    expect(made.token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(made.key, 'base64')).toHaveLength(32);
    expect([modeOf(join(path, 'admin-token')), modeOf(join(path, 'secrets-key'))]).toEqual(['600', '600']);
    first.release();

    const second = open(path);
    expect({ token: second.adminToken(undefined), key: second.secretsKey(undefined) }).toEqual(made);
  });

  it('are not written when they are given', () => {
    const path = processes.directory();
    const directory = open(path);
    expect([directory.adminToken('given'), directory.secretsKey('too')]).toEqual(['given', 'too']);
    expect(existsSync(join(path, 'admin-token')) || existsSync(join(path, 'secrets-key'))).toBe(false);
  });

  it.each([
    { what: 'missing', content: null },
    { what: 'damaged', content: 'c2hvcnQ=' },
  ])('are not made anew when the key is $what beside a database', ({ content }) => {
    const path = processes.directory();
    mkdirSync(join(path, 'postgres'), { recursive: true });
    writeFileSync(join(path, 'postgres', 'PG_VERSION'), '18\n');
    if (content !== null) writeFileSync(join(path, 'secrets-key'), content);
    const directory = open(path);
    expect(() => directory.secretsKey(undefined)).toThrow(
      expect.objectContaining({ code: 'data-directory.half-made' }),
    );
    rmSync(join(path, 'postgres'), { recursive: true });
  });
});

describe('processes.json', () => {
  it('tells what runs now, and nothing of an earlier run', () => {
    const path = open(processes.directory()).path;
    const read = (): unknown => JSON.parse(readFileSync(join(path, 'processes.json'), 'utf8'));
    const file = new ProcessesFile(path);
    expect(read()).toEqual([]);
    file.set('relance', { pid: 1 });
    file.set('postgres', { pid: 2, address: '127.0.0.1:5433' });
    file.set('postgres', { pid: 3, address: '127.0.0.1:5433' });
    expect(read()).toEqual([
      { name: 'relance', pid: 1 },
      { name: 'postgres', pid: 3, address: '127.0.0.1:5433' },
    ]);
    file.remove('relance');
    expect(read()).toEqual([{ name: 'postgres', pid: 3, address: '127.0.0.1:5433' }]);
    expect(new ProcessesFile(path) && read()).toEqual([]);
  });
});

/** Opens in a process without rights: we may be root, whom no mode stops. It drops them once it has read its code. */
function refusalToOthers(path: string): unknown {
  const script = `
    const { DataDirectory } = await import(${JSON.stringify(join(import.meta.dirname, '../src/data-directory.ts'))});
    if (process.getuid() === 0) process.seteuid(65534);
    try { DataDirectory.open(${JSON.stringify(path)}); console.log('{}'); }
    catch (error) { console.log(JSON.stringify({ refused: error.code })); }`;
  const hooks = join(import.meta.dirname, '../../../../tools/typescript-source.mjs');
  const { stdout } = spawnSync(process.execPath, ['--import', hooks, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout);
}
