import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { relance } from './lint/plugin.mjs';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

// Violations of a layer are planted in projects of their own, which nobody imports: in a circle the circle is named first.
const DOMAIN = 'libs/planted-domain/src';
const CONTRACT = 'libs/planted-contract/src';
const PLATFORM = 'libs/platform/planted/src';
const SERVICE = 'libs/services/planted/src';
const APP = 'apps/planted/src';
const CONSOLE = 'apps/console/src';

const LEAD = 'libs/lead/src';
const SCORING = 'libs/services/scoring/src';
const DECIDE = `${SCORING}/decide`;
const SPEC = 'planted.spec.ts';
const globals = "import { describe, expect, it } from '@jest/globals';\n";
const inTest = (body) => `${globals}describe('x', () => {\n  it('y', async () => {\n${body}\n  });\n});\n`;
const lines = (count) => Array.from({ length: count }, () => '  //').join('\n');

/** One violation a row: the rule that has to name it, where it is planted, and the code. */
const planted = [
  // Who may know whom.
  ...[
    ['a domain library knows a contract', DOMAIN, "import '@relance/events';", 'layer:domain'],
    ['a domain library knows the platform', DOMAIN, "import '@relance/clock';", 'layer:domain'],
    ['a domain library knows a service', DOMAIN, "import '@relance/scoring';", 'layer:domain'],
    ['a domain library imports a framework', DOMAIN, "import '@nestjs/common';", 'layer:domain'],
    ['a domain library imports another package', DOMAIN, "import 'tldts';", 'layer:domain'],
    ['a contract knows the platform', CONTRACT, "import '@relance/clock';", 'layer:contract'],
    ['a contract knows a service', CONTRACT, "import '@relance/scoring';", 'layer:contract'],
    ['a contract imports a framework', CONTRACT, "import '@nestjs/common';", 'layer:contract'],
    ['the platform knows a service', PLATFORM, "import '@relance/scoring';", 'layer:platform'],
    ['a service knows another', SERVICE, "import '@relance/routing';", 'layer:service'],
    ['a service knows another, lazily', SERVICE, "export const other = import('@relance/scoring');", 'layer:service'],
    ['a service reaches another by its path', SERVICE, "import '../../../routing/src/index.js';", 'relative'],
    ['a test of a service knows another service', SERVICE, "import '@relance/routing';", 'layer:service', SPEC],
    ['a library imports itself by name', SERVICE, "import '@relance/planted-service';", 'relative imports'],
    ['an app of one service knows another service', APP, "import '@relance/routing';", 'scope:scoring'],
    ['the console knows the platform', CONSOLE, "import '@relance/clock';", 'layer:console'],
    ['the console knows a service', CONSOLE, "import '@relance/scoring';", 'layer:console'],
    ['the console imports a framework', CONSOLE, "import '@nestjs/common';", 'layer:console'],
    ['two libraries know each other', 'libs/platform/errors/src', "import '@relance/logging';", 'Circular'],
  ].map(([title, folder, code, says, name]) => ({
    ...{ rule: '@nx/enforce-module-boundaries', title, folder, code, says, name },
  })),
  { rule: 'relance/no-deep-import', code: "import '@relance/lead/src/index.js';" },
  { rule: 'relance/no-deep-import', code: "export { x } from '@relance/lead/src/x.js';" },
  { rule: 'relance/no-deep-import', code: "export const x = import('@relance/lead/dist/x.js');" },
  { rule: 'import-x/no-extraneous-dependencies', code: "import 'picocolors';" },
  { rule: 'import-x/no-extraneous-dependencies', title: 'a development package', code: "import 'fast-check';" },
  { rule: 'relance/no-test-support', code: "import '@relance/testing';" },
  { rule: 'relance/no-infrastructure-in-services', code: "import 'kafkajs';" },
  { rule: 'relance/no-infrastructure-in-services', code: "import 'pg';" },
  {
    rule: 'relance/no-forward-ref',
    code: "import { forwardRef } from '@nestjs/common';\nexport const x = forwardRef;",
  },
  {
    rule: 'relance/no-ambient-context',
    code: "import { AsyncLocalStorage } from 'node:async_hooks';\nexport const x = AsyncLocalStorage;",
  },
  ...['process.env', "process['env']", "process.env['A']"].map((code) => ({
    rule: 'relance/no-environment',
    code: `export const x = ${code};`,
  })),
  { rule: 'relance/no-environment', code: "import { env } from 'node:process';\nexport const x = env;" },
  { rule: 'relance/no-environment', code: 'const { env } = process;\nexport const x = env;' },

  // Decisions are pure.
  ...[DECIDE, LEAD, 'libs/rules/src', 'libs/working-time/src'].flatMap((folder) =>
    [
      'export const x = new Date();',
      'export const x = Date.now();',
      'export const x = Date();',
      'export const x = Math.random();',
      'export const x = process.pid;',
      'export const x = performance.now();',
      'export const x = crypto.randomUUID();',
      "export const x = fetch('http://localhost');",
      'export async function planted(): Promise<void> {}',
      'export const x = await Promise.resolve(1);',
      "export const x = import('zod');",
    ].map((code) => ({ rule: 'relance/no-clock-or-chance', folder, code })),
  ),
  {
    rule: 'relance/no-clock-or-chance',
    folder: 'libs/working-time/src',
    code: "import { DateTime } from 'luxon';\nexport const x = DateTime.now();",
  },
  {
    rule: 'relance/no-local-time',
    folder: DECIDE,
    code: 'export const planted = (at: Date): number => at.getHours();',
  },
  {
    rule: 'relance/pure-imports',
    title: 'a decision reaches up',
    folder: DECIDE,
    code: "import '../scoring.module.js';",
  },
  {
    rule: 'relance/pure-imports',
    title: 'a decision imports a framework',
    folder: DECIDE,
    code: "import '@nestjs/common';",
  },
  {
    rule: 'relance/pure-imports',
    title: 'a decision imports the platform',
    folder: DECIDE,
    code: "import '@relance/clock';",
  },
  { rule: 'relance/pure-imports', title: 'a decision reads a file', folder: DECIDE, code: "import 'node:fs';" },
  {
    rule: 'relance/pure-imports',
    title: 'a decision draws lots',
    folder: DECIDE,
    code: "import { randomInt } from 'node:crypto';\nexport const x = randomInt;",
  },
  {
    rule: 'relance/pure-imports',
    title: 'the language of the domain imports a calendar',
    folder: LEAD,
    code: "import 'luxon';",
  },
  { rule: 'relance/pure-imports', folder: 'libs/rules/src', code: "import 'node:util';" },
  { rule: 'relance/pure-imports', folder: 'libs/working-time/src', code: "import '@nestjs/common';" },
  { rule: 'relance/no-optional-clock', code: 'export const planted = (now?: Date): Date | undefined => now;' },
  { rule: 'relance/no-optional-clock', code: 'export const planted = (now: Date = new Date(0)): Date => now;' },

  // Names and shapes.
  { rule: 'import-x/no-default-export', code: 'export default 1;' },
  { rule: 'relance/no-export-star', code: "export * from './clean.js';" },
  { rule: 'relance/no-enum', code: 'export enum Planted { A }' },
  ...[
    'IScore',
    'ScoreImpl',
    'BaseScore',
    'ScoreManager',
    'ScoreHelper',
    'ScoreUtil',
    'CommonScore',
    'ScoreData',
  ].flatMap((name) => [
    { rule: 'relance/plain-names', code: `export class ${name} {}` },
    { rule: 'relance/plain-names', code: `export interface ${name} { a: 1 }` },
  ]),
  ...[
    'PlantedFile.ts',
    'planted_file.ts',
    'utils.ts',
    'planted.thing.ts',
    'helpers/planted.ts',
    'v2/planted.ts',
    'deep/index.ts',
  ].map((name) => ({ rule: 'relance/file-names', name, code: 'export const planted = 1;' })),
  { rule: 'relance/file-called-what-it-exports', name: 'planted.ts', code: 'export const somethingElse = 1;' },
  { rule: 'relance/class-size', code: `export class Planted {\n${lines(300)}\n}` },
  {
    rule: 'relance/few-dependencies',
    code: 'export class Planted { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1) { void [a, b, c, d, e, f, g]; } }',
  },
  {
    rule: 'relance/no-work-in-constructor',
    code: "import { Injectable } from '@nestjs/common';\n@Injectable()\nexport class Planted { constructor() { this.open(); }\n open(): void {} }",
  },
  {
    rule: 'relance/no-injecting-base-class',
    code: "import { Inject } from '@nestjs/common';\nexport abstract class Planted { constructor(@Inject('x') readonly x: string) {} }",
  },
  { rule: 'no-warning-comments', code: '// TODO: later\nexport const planted = 1;' },
  { rule: 'relance/explained-disable', code: '// eslint-disable-next-line no-var\nexport var planted = 1;' },
  { rule: '@typescript-eslint/ban-ts-comment', code: '// @ts-ignore\nexport const planted: string = 1;' },

  // Types and failures.
  { rule: '@typescript-eslint/no-explicit-any', code: 'export const planted: any = 1;' },
  { rule: '@typescript-eslint/no-unsafe-assignment', code: "export const planted: string = JSON.parse('1');" },
  { rule: '@typescript-eslint/no-floating-promises', code: 'Promise.resolve(1);' },
  { rule: '@typescript-eslint/no-floating-promises', title: 'hidden by void', code: 'void Promise.resolve(1);' },
  {
    rule: '@typescript-eslint/no-misused-promises',
    code: 'export const planted = (go: Promise<boolean>): number => (go ? 1 : 2);',
  },
  { rule: '@typescript-eslint/await-thenable', code: 'export async function planted(): Promise<void> { await 1; }' },
  { rule: '@typescript-eslint/only-throw-error', code: "export function planted(): never { throw 'no'; }" },
  { rule: '@typescript-eslint/prefer-promise-reject-errors', code: "export const planted = Promise.reject('no');" },
  {
    rule: '@typescript-eslint/consistent-type-imports',
    code: "import { Server } from 'node:http';\nexport type Planted = Server;",
  },
  { rule: '@typescript-eslint/no-unused-vars', code: 'const planted = 1;' },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    title: 'a default over a union',
    code: "export function planted(x: 'a' | 'b'): number { switch (x) { case 'a': return 1; default: return 2; } }",
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    title: 'a default after every member of a union',
    code: "export function planted(x: 'a' | 'b'): number { switch (x) { case 'a': return 1; case 'b': return 3; default: return 2; } }",
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    title: 'a member forgotten',
    code: "export function planted(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }",
  },
  {
    rule: '@typescript-eslint/return-await',
    code: 'export async function planted(x: Promise<1>): Promise<number> { try { return x; } catch (cause) { throw new Error("no", { cause }); } }',
  },
  { rule: 'relance/no-empty-catch', code: 'try { JSON.stringify(1); } catch { /* never mind */ }\nexport {};' },
  { rule: 'relance/no-empty-catch', code: 'export const planted = Promise.resolve(1).catch(() => {});' },
  {
    rule: 'preserve-caught-error',
    code: 'export function planted(): void { try { JSON.stringify(1); } catch (error) { throw new Error("no"); } }',
  },
  { rule: 'no-unsafe-finally', code: 'export function planted(): number { try { return 1; } finally { return 2; } }' },
  {
    rule: 'relance/no-catch-in-handlers',
    folder: `${SCORING}/consume`,
    code: 'export function planted(): void { try { JSON.stringify(1); } catch (error) { throw error; } }',
  },
  {
    rule: 'relance/no-branch-on-message',
    code: "export const planted = (error: Error): boolean => error.message === 'no';",
  },
  {
    rule: 'relance/no-branch-on-message',
    code: "export const planted = (error: unknown): boolean => error instanceof TypeError && error.message.includes('no');",
  },
  {
    rule: 'relance/no-branch-on-message',
    code: 'export const planted = (error: Error): boolean => /no/.test(error.message);',
  },
  {
    rule: 'relance/no-database-codes',
    code: "export const planted = (error: { code: string }): boolean => error.code === '23505';",
  },
  { rule: 'relance/no-class-name-as-data', code: 'export const planted = (x: object): string => x.constructor.name;' },
  {
    rule: 'relance/constant-log-message',
    code: 'declare const log: { info(m: string): void };\nexport const planted = (name: string): void => log.info(`for ${name}`);',
  },
  { rule: 'no-console', code: "console.log('planted');" },
  { rule: 'relance/no-test-branch', code: "export const planted = (env: string): boolean => env === 'test';" },
  { rule: 'relance/no-test-branch', code: "export const planted = process.env['JEST_WORKER_ID'];" },
  { rule: 'relance/no-test-branch', code: "import { jest } from '@jest/globals';\nexport const planted = jest;" },
  { rule: 'eqeqeq', code: 'export const planted = (x: unknown, y: unknown): boolean => x == y;' },

  // Tests.
  ...[
    ['relance/no-sleeping-tests', 'await new Promise((done) => setTimeout(done, 10));'],
    ['relance/no-sleeping-tests', "const { sleep } = await import('./clean.js');\nawait sleep(10);"],
    ['relance/no-matcherless-expect', 'expect(1);'],
    ['relance/no-matcherless-expect', 'expect(1).not;'],
    ['relance/no-matcherless-expect', 'await expect(Promise.resolve(1)).resolves;'],
    ['relance/no-matcherless-expect', 'expect(1).toBe;'],
    ['@typescript-eslint/no-floating-promises', 'expect(Promise.resolve(1)).resolves.toBe(1);'],
  ].map(([rule, body]) => ({ rule, code: inTest(body), name: SPEC })),
  {
    rule: 'relance/no-sleeping-tests',
    name: SPEC,
    code: "import { setTimeout as wait } from 'node:timers/promises';\nexport const x = wait;",
  },
  ...[
    "it.only('x', () => {});",
    "it.skip('x', () => {});",
    "it.only.each([1])('x', () => {});",
    "describe.skip('x', () => {});",
    "it.todo('x');",
  ].map((code) => ({ rule: 'relance/no-focused-or-skipped-tests', name: SPEC, code: globals + code })),
  {
    rule: 'relance/no-focused-or-skipped-tests',
    name: SPEC,
    code: "import { xit } from '@jest/globals';\nxit('x', () => {});",
  },
].map((row, index) => {
  const folder = row.folder ?? SCORING;
  const name = row.name ?? 'planted.ts';
  return {
    ...row,
    title: row.title ?? row.code.split('\n').at(-1).trim().slice(0, 90),
    path: `${folder}/case-${index}/${name}`,
  };
});

const clean = [
  {
    path: `${DECIDE}/decide-score.ts`,
    code: `import { createHash } from 'node:crypto';
import { z } from 'zod';
import { words } from '@relance/lead';
import { clean } from './clean.js';

export const scoreSchema = z.object({ points: z.number() });
export type Decision = { kind: 'scored'; points: number } | { kind: 'stale' };

/** Decides what a lead is worth. */
export function decideScore(receivedAt: Date, now: Date): Decision {
  const isOld = now.getTime() - receivedAt.getTime() > clean;
  return isOld ? { kind: 'stale' } : { kind: 'scored', points: words + createHash('sha256').update('').digest().length };
}

export function pointsOf(decision: Decision): number {
  switch (decision.kind) {
    case 'scored':
      return decision.points;
    case 'stale':
      return 0;
  }
}
`,
  },
  { path: `${DECIDE}/clean.ts`, code: 'export const clean = new Date(0).getTime();\n' },
  {
    path: `${DECIDE}/decide-score.spec.ts`,
    code: `import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clock } from '@relance/testing';
import { decideScore } from './decide-score.js';

const lead = { fit: 40, isTest: true };

it('scores', async () => {
  expect(decideScore(new Date(clock), new Date())).toMatchObject({ kind: 'scored' });
  await expect(Promise.resolve(1)).resolves.toBe(1);
  fc.assert(fc.property(fc.integer(), (fit) => fit <= lead.fit || lead.isTest));
});
`,
  },
  {
    path: `${LEAD}/words.spec.ts`,
    code: "import { expect, it } from '@jest/globals';\nimport { clock } from '@relance/testing';\n\nit('x', () => {\n  expect(clock).toBe(1);\n});\n",
  },
  {
    path: `${SCORING}/http/scores.controller.ts`,
    code: `import { Controller } from '@nestjs/common';
import { words } from '@relance/lead';
import { started } from '@relance/events';
import { at } from '@relance/clock';

@Controller('scores')
export class ScoresController {
  private readonly counts: number[];

  constructor(private readonly log: { info(fields: object, message: string): void }) {
    this.counts = [words, started, at];
  }

  async list(): Promise<number[]> {
    this.log.info({ count: this.counts.length }, 'scores listed');
    return Promise.resolve(this.counts);
  }
}
`,
  },
  { path: `${LEAD}/index.ts`, code: 'export const words = 1;\n' },
  {
    path: 'libs/events/src/index.ts',
    code: "import { words } from '@relance/lead';\n\nexport const started = words;\n",
  },
  { path: 'libs/platform/clock/src/index.ts', code: 'export const at = Date.now();\n' },
  {
    path: 'libs/platform/testing/src/index.ts',
    code: "import { words } from '@relance/lead';\n\nexport const clock = words;\n",
  },
  {
    path: 'apps/relance/src/main.ts',
    code: "import '@relance/scoring';\nimport '@relance/routing';\n\nexport const main = process.env['PORT'];\n",
  },
  { path: `${APP}/main.ts`, code: "import '@relance/scoring';\n" },
  { path: `${CONSOLE}/main.ts`, code: "import '@relance/events';\nimport '@relance/lead';\n" },
];

/** Projects of the scratch workspace: some of ours with their own tags, and some made to plant violations in. */
const COPIED = [
  ...['apps/relance', 'libs/lead', 'libs/rules', 'libs/working-time', 'libs/events', 'libs/platform/clock'],
  ...['libs/platform/errors', 'libs/platform/logging', 'libs/platform/testing'],
  ...['libs/services/scoring', 'libs/services/routing'],
];
const MADE = {
  '@relance/planted-domain': [DOMAIN, 'layer:domain', 'scope:shared'],
  '@relance/planted-contract': [CONTRACT, 'layer:contract', 'scope:shared'],
  '@relance/planted-platform': [PLATFORM, 'layer:platform', 'scope:shared'],
  '@relance/planted-service': [SERVICE, 'layer:service', 'scope:scoring'],
  '@relance/planted-app': [APP, 'layer:app', 'scope:scoring'],
  '@relance/planted-console': [CONSOLE, 'layer:console', 'scope:shared'],
};

function write(workspace, path, text) {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), text);
}

function makeWorkspace() {
  const workspace = mkdtempSync(join(tmpdir(), 'relance-lint-'));
  for (const file of [
    'package.json',
    'package-lock.json',
    'nx.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'eslint.config.mjs',
    'tools/lint',
  ]) {
    cpSync(join(root, file), join(workspace, file), { recursive: true });
  }

  mkdirSync(join(workspace, 'node_modules/@relance'), { recursive: true });
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (entry === '@relance' || entry === '.cache') continue;
    symlinkSync(join(root, 'node_modules', entry), join(workspace, 'node_modules', entry));
  }

  const projects = [
    ...COPIED.map((folder) => [folder, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))]),
    ...Object.entries(MADE).map(([name, [folder, ...tags]]) => [
      dirname(folder),
      { name, type: 'module', exports: './src/index.ts', nx: { tags, targets: { lint: {} } } },
    ]),
  ];
  for (const [folder, manifest] of projects) {
    write(workspace, `${folder}/package.json`, JSON.stringify(manifest));
    write(workspace, `${folder}/src/index.ts`, 'export {};\n');
    symlinkSync(join(workspace, folder), join(workspace, 'node_modules', manifest.name));
  }
  write(workspace, 'libs/platform/logging/src/index.ts', "import '@relance/errors';\n");
  for (const { path, code } of [...clean, ...planted]) write(workspace, path, code);
  return workspace;
}

/** The environment of a shell: nothing of the Jest or Nx process around this test. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NX_|NODE_OPTIONS$|NODE_ENV$|JEST_)/.test(name)),
);

async function lint(workspace, command, args, cwd = workspace) {
  const bin = join(root, 'node_modules/.bin');
  const env = { ...environment, NX_DAEMON: 'false', PATH: `${bin}:${environment.PATH}` };
  try {
    return { code: 0, ...(await run(join(bin, command), args, { cwd, env, maxBuffer: 64e6 })) };
  } catch (failure) {
    if (typeof failure.code !== 'number') throw failure;
    return failure;
  }
}

describe('lint', () => {
  let workspace;
  let found;

  beforeAll(async () => {
    workspace = makeWorkspace();
    const { stdout, stderr } = await lint(workspace, 'eslint', ['.', '--format', 'json']);
    if (!stdout.startsWith('[')) throw new Error(`ESLint did not run: ${stdout}${stderr}`);
    found = new Map(
      JSON.parse(stdout).map(({ filePath, messages }) => [
        filePath.slice(workspace.length + 1),
        messages.map(({ ruleId, message }) => ({ ruleId, message })),
      ]),
    );
  }, 180_000);

  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  it.each(planted)('$rule refuses $path: $title', ({ rule, path, says }) => {
    const problems = found.get(path).filter((problem) => problem.ruleId === rule);
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining(says ?? ''));
  });

  it.each(clean)('lets $path pass', ({ path }) => {
    expect(found.get(path)).toEqual([]);
  });

  it('has every house rule planted', () => {
    const rules = new Set(planted.map(({ rule }) => rule));
    expect(Object.keys(relance.rules).filter((name) => !rules.has(`relance/${name}`))).toEqual([]);
  });

  it('refuses a planted violation when run by nx lint, as when run by eslint', async () => {
    const { code, stdout } = await lint(workspace, 'nx', [
      'lint',
      '@relance/planted-contract',
      '--output-style=static',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('@nx/enforce-module-boundaries');
  }, 180_000);
});

describe('projects', () => {
  const manifests = ['apps', 'libs', 'libs/platform', 'libs/services']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(root, path), 'utf8')) }));

  it.each(manifests)('$path has one layer, one scope and a lint target', ({ manifest }) => {
    const tags = manifest.nx?.tags ?? [];
    expect(tags.filter((tag) => tag.startsWith('layer:'))).toHaveLength(1);
    expect(tags.filter((tag) => tag.startsWith('scope:'))).toHaveLength(1);
    expect(manifest.nx.targets).toHaveProperty('lint');
  });
});
