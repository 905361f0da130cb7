import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { boundariesOfSource, boundariesOfTests } from './tools/lint/boundaries.mjs';
import { relance } from './tools/lint/plugin.mjs';

/*
 * How Relance is written, as far as a machine can hold it. `tools/lint.spec.mjs` plants one violation per rule.
 */

// Without a project graph the boundary rule skips itself in silence. `nx lint` has made one; plain `eslint` makes it here.
if (process.env.NX_TASK_TARGET_PROJECT === undefined) {
  process.env.NX_DAEMON = 'false';
  process.env.NX_ISOLATE_PLUGINS = 'false';
  await createProjectGraphAsync({ exitOnError: false });
}

const TYPESCRIPT = ['**/*.{ts,tsx,mts}'];
const TESTS = ['**/*.{spec,int-spec,e2e-spec}.{ts,tsx}', '**/test/**/*.{ts,tsx}'];
const TEST_SUPPORT = ['**/libs/platform/testing/**/*.ts'];
const SCRIPTS = ['**/*.{mjs,cjs,js}'];

const PURE_PACKAGES = {
  zod: true,
  luxon: true,
  tldts: true,
  'date-holidays': true,
  'libphonenumber-js': true,
  'libphonenumber-js/max': true,
  'node:crypto': ['createHash', 'createHmac', 'timingSafeEqual'],
  uuid: ['v5', 'validate', 'version'],
  '@relance/api': true,
  '@relance/errors': true,
  '@relance/events': true,
  '@relance/lead': true,
  '@relance/rules': true,
  '@relance/working-time': true,
};

const PURE = {
  'relance/no-clock-or-chance': 'error',
  'relance/no-local-time': 'error',
};

const pureImports = (packages, allowParent) => ({ 'relance/pure-imports': ['error', { packages, allowParent }] });

const SCRIPT_GLOBALS = Object.fromEntries(
  [
    ...['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'fetch', 'performance', 'crypto', 'structuredClone'],
    ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'],
    ...['AbortController', 'AbortSignal', 'TextEncoder', 'TextDecoder', 'WebSocket', 'EventSource'],
    ...['require', 'module', '__dirname'],
  ].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.nx/**', '**/.relance/**', '**/coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: [...TYPESCRIPT, ...SCRIPTS],
    plugins: { relance, 'import-x': importX, '@nx': nx },
    settings: { 'import-x/internal-regex': '^@relance/' },
    rules: {
      'no-debugger': 'error',
      'no-empty': 'error',
      'no-eval': 'error',
      'no-fallthrough': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-catch': 'error',
      'no-useless-escape': 'error',
      'no-var': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'preserve-caught-error': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'relance/explained-disable': 'error',
      'relance/file-names': 'error',
      'relance/no-empty-catch': 'error',
    },
  },

  {
    files: SCRIPTS,
    languageOptions: { globals: SCRIPT_GLOBALS },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },

  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundariesOfSource,
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-inferrable-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          allowDefaultCaseForExhaustiveSwitch: false,
          considerDefaultExhaustiveForUnions: false,
          requireDefaultForNonUnion: true,
        },
      ],
      'import-x/no-default-export': 'error',
      'import-x/no-extraneous-dependencies': [
        'error',
        { packageDir: [import.meta.dirname], devDependencies: false, includeTypes: true },
      ],
      'no-console': 'error',
      'relance/class-size': ['error', { max: 300 }],
      'relance/constant-log-message': 'error',
      'relance/few-dependencies': ['error', { max: 6 }],
      'relance/file-called-what-it-exports': 'error',
      'relance/no-branch-on-message': 'error',
      'relance/no-class-name-as-data': 'error',
      'relance/no-database-codes': 'error',
      'relance/no-deep-import': 'error',
      'relance/no-enum': 'error',
      'relance/no-environment': 'error',
      'relance/no-export-star': 'error',
      'relance/no-forward-ref': 'error',
      'relance/no-injecting-base-class': 'error',
      'relance/no-optional-clock': 'error',
      'relance/no-test-branch': 'error',
      'relance/no-test-support': 'error',
      'relance/no-work-in-constructor': 'error',
      'relance/plain-names': 'error',
    },
  },

  {
    files: ['**/libs/services/**/*.ts', '**/libs/lead/**/*.ts', '**/libs/rules/**/*.ts', '**/libs/events/**/*.ts'],
    rules: { 'relance/no-ambient-context': 'error' },
  },
  {
    files: ['**/libs/services/*/src/**/*.ts'],
    rules: { 'relance/no-infrastructure-in-services': 'error' },
  },
  { files: ['**/consume/**/*.ts'], ignores: TESTS, rules: { 'relance/no-catch-in-handlers': 'error' } },

  {
    files: ['**/decide/**/*.ts'],
    ignores: TESTS,
    rules: { ...PURE, ...pureImports(PURE_PACKAGES, false) },
  },
  {
    files: ['**/libs/lead/src/**/*.ts', '**/libs/rules/src/**/*.ts'],
    ignores: TESTS,
    rules: { ...PURE, ...pureImports({ zod: true, '@relance/lead': true, '@relance/rules': true }, true) },
  },
  {
    files: ['**/libs/working-time/src/**/*.ts'],
    ignores: TESTS,
    rules: { ...PURE, ...pureImports({ zod: true, luxon: true, 'date-holidays': true, '@relance/lead': true }, true) },
  },

  {
    files: ['**/libs/platform/config/src/**/*.ts', '**/apps/*/src/*.ts'],
    rules: { 'relance/no-environment': 'off' },
  },
  { files: ['**/libs/platform/{postgres,embedded}/**/*.ts'], rules: { 'relance/no-database-codes': 'off' } },

  {
    files: [...TESTS, ...TEST_SUPPORT],
    rules: {
      '@nx/enforce-module-boundaries': boundariesOfTests,
      'import-x/no-extraneous-dependencies': ['error', { packageDir: [import.meta.dirname], includeTypes: true }],
      'relance/file-called-what-it-exports': 'off',
      'relance/no-environment': 'off',
      'relance/no-test-branch': 'off',
      'relance/no-test-support': 'off',
    },
  },
  {
    files: TESTS,
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'relance/constant-log-message': 'off',
      'relance/no-database-codes': 'off',
      'relance/no-focused-or-skipped-tests': 'error',
      'relance/no-matcherless-expect': 'error',
      'relance/no-sleeping-tests': 'error',
    },
  },
  // What a test starts as a process of its own speaks by its output.
  { files: ['**/test/**/*.ts'], ignores: ['**/*-spec.ts', '**/*.spec.ts'], rules: { 'no-console': 'off' } },
);
