// npm run bench [-- --rows intake-alone,latency] [--rounds 3] [--seconds 8] [--json]
// Every row is measured next to its reference in the same run, on the same kind of Postgres. Build first: npm run build.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from './lib/load.mjs';
import { escalation } from './rows/escalation.mjs';
import { intakeAlone } from './rows/intake-alone.mjs';
import { latency } from './rows/latency.mjs';
import { startUp } from './rows/start-up.mjs';
import { sustained } from './rows/sustained.mjs';

const rows = { 'start-up': startUp, latency, 'intake-alone': intakeAlone, sustained, escalation };

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: Object.keys(rows).join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const chosen = options.rows.split(',');
for (const name of chosen)
  if (!(name in rows)) throw new Error(`there is no row ${name}; there are ${Object.keys(rows).join(', ')}`);

execFileSync('npx', ['nx', 'run-many', '-t', 'build', '--output-style=static'], {
  stdio: ['ignore', 'ignore', 'inherit'],
});

// Some of what is waited for keeps no process alive.
const alive = setInterval(() => undefined, 1_000);
const results = [];
for (const name of chosen) {
  process.stderr.write(`${name} …\n`);
  results.push(...(await rows[name]({ rounds: Number(options.rounds), seconds: Number(options.seconds) })));
}

const round = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const table = results.map(({ what, unit, values, target, seen }) => {
  const middle = median(values);
  const isHeld = 'atLeast' in target ? middle >= target.atLeast : middle <= target.atMost;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    what,
    median: `${round(middle)} ${unit}`,
    spread: `${round(sorted[0])} … ${round(sorted.at(-1))}`,
    target: 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`,
    holds: isHeld ? 'yes' : 'NO',
    seen: seen ?? '',
  };
});
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
if (options.json) process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
else {
  process.stdout.write(`${machine}\n`);
  console.table(table);
}
clearInterval(alive);
