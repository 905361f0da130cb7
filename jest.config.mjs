const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@relance/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2024',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  resolver: '<rootDir>/tools/jest-resolver.cjs',
  setupFiles: ['reflect-metadata'],
  modulePathIgnorePatterns: ['/dist/', '/.nx/'],
};

export default {
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts', '<rootDir>/tools/**/*.spec.mjs'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(int|e2e)-spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs}/**/*.int-spec.ts'],
      globalSetup: '<rootDir>/tools/jest-postgres.mjs',
      globalTeardown: '<rootDir>/tools/jest-postgres-stop.mjs',
    },
    { ...shared, displayName: 'journey', testMatch: ['<rootDir>/apps/**/*.e2e-spec.ts'] },
  ],
};
