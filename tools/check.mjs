// npm run check: format, lint, types and unit tests of what changed since the last commit.
import { execFileSync } from 'node:child_process';
import { partsHere } from './parts.mjs';
import { jestEnvironment, report, root, runStep } from './run-step.mjs';

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);

const changed = [
  ...git('diff', '--name-only', '--diff-filter=d', '-z', 'HEAD'),
  ...git('ls-files', '--others', '--exclude-standard', '-z'),
];
if (changed.length === 0) {
  console.log('Nothing has changed since the last commit.');
  process.exit(0);
}
const code = changed.filter((path) => /\.(ts|tsx|mts|mjs|cjs|js)$/.test(path));
console.log(`${changed.length} changed ${changed.length === 1 ? 'file' : 'files'}, ${code.length} of them code`);

const step = async (name, ...run) => report(name, await runStep(...run));

const results = await Promise.all([
  step('format', 'prettier', ['--check', '--ignore-unknown', ...changed]),
  code.length === 0 || step('lint', 'eslint', ['--no-warn-ignored', ...code]),
  step('types', 'tsc', ['-p', 'tsconfig.json', '--pretty']),
]);
results.push(
  code.length === 0 ||
    (await step('unit tests', 'jest', ['--selectProjects=unit', '--passWithNoTests', '--findRelatedTests', ...code], {
      env: { ...jestEnvironment, RELANCE_PARTS: partsHere().join(',') },
    })),
);

if (results.includes(false)) {
  console.log('Not ready: see above.');
  process.exitCode = 1;
} else {
  console.log('Ready.');
}
