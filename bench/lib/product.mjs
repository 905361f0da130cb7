import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

const token = 'bench-0123456789abcdef0123456789abcdef';

/**
 * Starts the product as its users do, on a directory of its own.
 *
 * @param program a script below the repository's root.
 */
export async function startProduct({ program = 'apps/relance/dist/main.js', env = {}, dataDirectory } = {}) {
  const directory = dataDirectory ?? mkdtempSync(join(tmpdir(), 'relance-bench-'));
  const from = performance.now();
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      PORT: '0',
      RELANCE_DATA_DIR: directory,
      RELANCE_ADMIN_TOKEN: token,
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const origin = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (part) => {
      out += part;
      const ready = /^ready (http:\/\/\S+)/m.exec(out);
      if (ready) resolve(ready[1]);
    });
    child.once('exit', (code) => reject(new Error(`the product ended with code ${code} before it was ready`)));
  });
  const readyMs = performance.now() - from;

  async function ask(method, path, body) {
    const response = await fetch(origin + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text === '' ? null : JSON.parse(text);
  }

  return {
    origin,
    port: Number(new URL(origin).port),
    dataDirectory: directory,
    readyMs,
    ask,
    /** Resident memory of the Node process, in MB. */
    residentMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    /** One pool of three people who are always there; no limit on how many a server may post. */
    async organise(policy) {
      await ask('PATCH', '/api/ingestion/sources/site', { settings: { rateLimit: 'none' } });
      for (const member of ['lea', 'marc', 'ines']) {
        const known = await ask('GET', `/api/routing/members/${member}`);
        await ask('PUT', `/api/routing/members/${member}`, {
          name: known.name,
          email: known.email,
          team: known.team,
          role: 'rep',
          weight: 1,
          openWorkCap: 1_000_000,
          available: true,
        });
      }
      if (policy) await ask('PUT', '/api/sla/policies/follow-up', policy);
    },
    /** Waits until every reader is at the end of the log. */
    async settled() {
      for (;;) {
        const { items } = await ask('GET', '/api/operations/readers');
        if (items.every((reader) => reader.lagEvents === 0)) return;
        await pause(100);
      }
    },
    async stop({ keep = false } = {}) {
      const from = performance.now();
      child.kill('SIGTERM');
      await ended;
      if (!keep) rmSync(directory, { recursive: true, force: true });
      return performance.now() - from;
    },
  };
}

/** A promise of one milestone, short enough to watch. */
export function promise(within) {
  return {
    key: 'follow-up',
    when: null,
    milestones: [
      {
        key: 'first-follow-up',
        startsOn: 'assigned',
        within,
        clock: 'elapsed',
        metBy: { evidence: 'C' },
        warnAfter: [],
        onBreach: [{ after: 'PT0S', do: 'alert', to: ['manager'] }],
      },
    ],
  };
}
