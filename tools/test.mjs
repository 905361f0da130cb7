// npm test: types, lint and every test that can run here. `--ci` makes what could not run a failure.
// Other arguments go to Jest, and then only its tests run: npm test -- libs/rules
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { howToGet, partsHere } from './parts.mjs';
import { jestEnvironment, report, runStep } from './run-step.mjs';
import { judgeRun } from './judge-run.mjs';

const args = process.argv.slice(2);
const isStrict = args.includes('--ci') || (process.env.CI === 'true' && process.env.RELANCE_REQUIRE_ALL === '1');
const forJest = args.filter((arg) => arg !== '--ci');

const parts = partsHere();
console.log(`Parts that are here: ${parts.join(', ') || 'none'}`);

const step = async (name, ...run) => (report(name, await runStep(...run)) ? [] : [name]);

async function checkEverything() {
  const checks = await Promise.all([
    step('types', 'tsc', ['-p', 'tsconfig.json']),
    step('lint', 'eslint', ['.']).then(async (failed) => [
      ...failed,
      ...(await step('format', 'prettier', ['--check', '.'])),
    ]),
  ]);
  return checks.flat();
}

const failedSteps = await step('build', 'nx', ['run-many', '-t', 'build', '--output-style=static-failures-only']);
if (forJest.length === 0) failedSteps.push(...(await checkEverything()));

const folder = mkdtempSync(join(tmpdir(), 'relance-test-'));
const outputFile = join(folder, 'jest.json');
const jest = await runStep(
  'jest',
  ['--maxWorkers=2', '--json', `--outputFile=${outputFile}`, ...(isStrict ? ['--ci'] : []), ...forJest],
  { env: { ...jestEnvironment, RELANCE_PARTS: parts.join(',') }, show: true, minutes: 20 },
);

function readResults() {
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const verdict = judgeRun({ results: readResults(), jestSucceeded: jest.ok, failedSteps, isStrict });

for (const line of verdict.complaints) console.log(line);
if (verdict.missing.length > 0) {
  console.log('\n!!! Could not run here:');
  for (const { part, count } of verdict.missing) {
    console.log(`!!!   ${count} ${count === 1 ? 'test needs' : 'tests need'} ${part} — ${howToGet(part)}`);
  }
}
if (verdict.skipped.length > 0) {
  console.log('\n!!! Skipped without a missing part:');
  for (const name of verdict.skipped) console.log(`!!!   ${name}`);
}
console.log(`\n${verdict.passed} passed, ${verdict.failed} failed`);
process.exitCode = verdict.failed === 0 ? 0 : 1;
