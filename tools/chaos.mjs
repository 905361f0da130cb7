// npm run chaos [-- --seconds 60] [--rate 20] [--seed 1] [--faults relance,postgres,all] [--keep]
// Posts leads to a real installation while its processes are killed, then holds what it says against what was
// acknowledged. Exits non-zero on any broken promise and keeps the directory as evidence. Build first: npm run build.
import { spawn } from 'node:child_process';
import { appendFileSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: 'relance,postgres,all' },
    keep: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const faults = values.faults.split(',');
const promiseSeconds = 10;
const token = 'chaos-0123456789abcdef0123456789abcdef';
const directory = mkdtempSync(join(tmpdir(), 'relance-chaos-'));

/** Mulberry32: the same seed strikes at the same moments. */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = chance(Number(values.seed));

let child;
let origin = null;
let port = 0;

async function start() {
  child = spawn(process.execPath, ['apps/relance/dist/main.js'], {
    env: {
      ...process.env,
      PORT: String(port),
      RELANCE_DATA_DIR: directory,
      RELANCE_ADMIN_TOKEN: token,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  origin = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
      const ready = /^ready (http:\/\/\S+)/m.exec(said);
      if (ready) resolve(ready[1]);
    });
    child.once('exit', (code) => reject(new Error(`ended with code ${code} before it was ready`)));
  });
  port = Number(new URL(origin).port);
}

async function ask(method, path, body) {
  const response = await fetch(origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function eventually(what, check, withinMs) {
  const end = performance.now() + withinMs;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await pause(200);
  }
}

/** Kinds of lead, and what each must come to. */
const kinds = ['silent', 'answered', 'nurture'];
const acknowledged = [];
const evidence = openSync(join(directory, 'acknowledged.ndjson'), 'a');
const answered = new Map();
const outages = new Map();
let refused = 0;
let isOver = false;

async function load() {
  while (!isOver) {
    const kind = kinds[Math.floor(Math.random() * kinds.length)];
    const unique = Math.random().toString(36).slice(2);
    const form = new URLSearchParams({
      email: `p@${unique}.example`,
      full_name: `Person ${unique}`,
      company: `Company ${unique}`,
      contact_me: kind === 'nurture' ? '' : 'yes',
    });
    try {
      const response = await fetch(`${origin}/in/forms/site`, {
        method: 'POST',
        body: form,
        signal: AbortSignal.timeout(5_000),
      });
      if (response.status === 202) {
        const { leadId } = await response.json();
        acknowledged.push({ leadId, kind });
        writeSync(evidence, `${JSON.stringify({ leadId, kind })}\n`);
        fsyncSync(evidence);
      } else refused++;
    } catch {
      refused++;
    }
    await pause((1000 * 3) / Number(values.rate));
  }
}

/** Owners who answer theirs in time, as far as the faults let them: only what was confirmed is held against the product. */
async function answer() {
  const done = new Set();
  while (!isOver) {
    for (const { leadId, kind } of acknowledged.filter((lead) => lead.kind === 'answered' && !done.has(lead.leadId))) {
      try {
        const story = await ask('GET', `/api/desk/leads/${leadId}`);
        const clock = story.clocks.find((each) => each.milestone === 'first-follow-up' && each.state === 'open');
        if (!clock || Date.parse(clock.dueAt) - Date.now() < 1_500) continue;
        await ask('POST', `/api/routing/assignments/${clock.assignmentId}/contacts`, {
          channel: 'call',
          outcome: 'NRP',
        });
        done.add(leadId);
        answered.set(leadId, kind);
      } catch {
        await pause(100);
      }
    }
    await pause(100);
  }
}

async function strike(fault) {
  const victims = JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')).filter(
    ({ name }) => fault === 'all' || name === fault,
  );
  const at = performance.now();
  for (const { pid } of victims) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
  if (fault !== 'postgres') {
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
    await start();
  }
  await eventually(
    'accepting again',
    () => fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((r) => r.ok),
    30_000,
  );
  outages.set(fault, Math.max(outages.get(fault) ?? 0, performance.now() - at));
}

async function check() {
  const broken = [];
  const late = [];
  await eventually(
    'the readers are at the end',
    async () => (await ask('GET', '/api/operations/readers')).items.every((reader) => reader.lagEvents === 0),
    120_000,
  );
  await pause((promiseSeconds + 2) * 1000);
  for (const { leadId, kind } of acknowledged) {
    const story = await ask('GET', `/api/desk/leads/${leadId}`).catch(() => null);
    if (!story) {
      broken.push(`lost: ${leadId}`);
      continue;
    }
    if (kind === 'nurture') {
      if (story.stage !== 'nurturing' || story.owner) broken.push(`not nurtured: ${leadId}`);
      continue;
    }
    const chosen = (await ask('GET', `/api/routing/leads/${leadId}/decisions`)).items.filter(
      (decision) => decision.chosen,
    );
    if (!story.owner || chosen.length !== 1) broken.push(`${chosen.length} owners chosen: ${leadId}`);
    const clocks = (await ask('GET', `/api/sla/clocks?leadId=${leadId}`)).items.filter(
      (clock) => clock.milestone === 'first-follow-up',
    );
    if (clocks.length !== 1) broken.push(`${clocks.length} clocks: ${leadId}`);
    const breaches = story.timeline.filter((line) => line.type === 'sla.breached').length;
    const expected = answered.has(leadId) ? 0 : 1;
    if (breaches !== expected) broken.push(`${breaches} breaches, not ${expected}: ${leadId}`);
    const clock = clocks[0];
    if (clock?.state === 'breached') {
      const lateness = Date.parse(clock.breachedAt) - Date.parse(clock.dueAt);
      if (lateness < 0) broken.push(`fired early: ${leadId}`);
      late.push(lateness);
    }
  }
  for (const letter of (await ask('GET', '/api/operations/dead-letters')).items)
    broken.push(`dead letter: ${letter.type} in ${letter.group}, ${letter.reason}`);
  return { broken, worstLateness: Math.max(0, ...late) };
}

await start();
await ask('PATCH', '/api/ingestion/sources/site', { settings: { rateLimit: 'none' } });
for (const member of ['lea', 'marc', 'ines']) {
  const { name, email, team } = await ask('GET', `/api/routing/members/${member}`);
  await ask('PUT', `/api/routing/members/${member}`, {
    name,
    email,
    team,
    role: 'rep',
    weight: 1,
    openWorkCap: 1_000_000,
    available: true,
  });
}
await ask('PUT', '/api/sla/policies/follow-up', {
  key: 'follow-up',
  when: null,
  milestones: [
    {
      key: 'first-follow-up',
      startsOn: 'assigned',
      within: `PT${promiseSeconds}S`,
      clock: 'elapsed',
      metBy: { evidence: 'C' },
      warnAfter: [],
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['manager'] }],
    },
  ],
});

const end = Date.now() + seconds * 1000;
const working = [load(), load(), load(), answer()];
const strikes = [];
while (Date.now() < end) {
  await pause(4_000 + random() * 3_000);
  const fault = faults[Math.floor(random() * faults.length)];
  strikes.push(fault);
  await strike(fault);
}
isOver = true;
await Promise.all(working);
const { broken, worstLateness } = await check();
child.kill('SIGTERM');
await new Promise((resolve) => child.once('exit', resolve));

console.log(
  `${acknowledged.length} acknowledged, ${refused} refused, ${answered.size} answered in time, ${strikes.length} strikes: ${strikes.join(' ')}`,
);
console.log(
  `worst lateness ${worstLateness} ms; longest outage ${[...outages].map(([fault, ms]) => `${fault} ${(ms / 1000).toFixed(1)} s`).join(', ')}`,
);
for (const line of broken.slice(0, 50)) console.log(`BROKEN ${line}`);
if (broken.length === 0 && !values.keep) rmSync(directory, { recursive: true, force: true });
else {
  appendFileSync(join(directory, 'broken.txt'), broken.join('\n'));
  console.log(`Evidence is kept in ${directory}`);
}
process.exitCode = broken.length === 0 ? 0 : 1;
