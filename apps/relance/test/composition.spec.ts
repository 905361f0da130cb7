import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { sectionsOf } from '@relance/bootstrap';
import type { ServiceModule } from '@relance/bootstrap';
import type { ConfigSection, Variable } from '@relance/config';
import { gatewayConfig, relanceConfig, serviceNames } from '@relance/process';
import { services } from '../src/services.js';

interface Composed {
  image: string;
  command?: string[];
  environment: Record<string, unknown>;
  networks: string[];
  ports?: string[];
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  restart?: string;
  stop_grace_period?: string;
  healthcheck: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown };
const text = file('docker-compose.yml');
const composition = load(text) as {
  services: Record<string, Composed>;
  networks: Record<string, { internal?: boolean }>;
};

const composed = (name: string): Composed => {
  const found = composition.services[name];
  if (!found) throw new Error(`${name} is not composed`);
  return found;
};
const variablesOf = (sections: readonly ConfigSection[]): string[] => [
  ...new Set(sections.flatMap((section) => Object.keys(section.variables))),
];
const sectionsByProcess: Record<string, readonly ConfigSection[]> = {
  ...Object.fromEntries(serviceNames.map((name) => [name, sectionsOf({ [name]: services[name] as ServiceModule })])),
  gateway: [relanceConfig, gatewayConfig],
};
const processes = Object.keys(sectionsByProcess);
const stores = ['postgres', 'kafka', 'redis'];

describe('docker-compose.yml', () => {
  it('has every process and every store, and no other', () => {
    expect(Object.keys(composition.services).sort()).toEqual([...processes, 'setup', ...stores].sort());
  });

  it.each(serviceNames)('tells %s every variable that it reads, and no other', (name) => {
    expect(Object.keys(composed(name).environment).sort()).toEqual(variablesOf(sectionsByProcess[name] ?? []).sort());
  });

  it('tells the gateway no secret, and nothing that it does not read', () => {
    const read = variablesOf(sectionsByProcess['gateway'] ?? []);
    const secrets = Object.entries<Variable>(relanceConfig.variables).flatMap(([name, { isSecret }]) =>
      isSecret === true ? [name] : [],
    );
    const told = Object.keys(composed('gateway').environment);
    expect(told.filter((name) => !read.includes(name))).toEqual([]);
    expect(told.filter((name) => secrets.includes(name))).toEqual([]);
    expect(told).toEqual(expect.arrayContaining(Object.keys(gatewayConfig.variables)));
  });

  it('takes from .env only what .env.example lists, and the two that are its own', () => {
    const taken = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const listed = [...file('.env.example').matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    expect([...new Set(taken)].filter((name) => !listed.includes(name)).sort()).toEqual([
      'POSTGRES_PASSWORD',
      'RELANCE_VERSION',
    ]);
  });

  it.each([...processes, 'setup'])('runs %s as nobody in particular, on files it cannot write', (name) => {
    const { user, read_only, cap_drop, stop_grace_period, image } = composed(name);
    expect({ user, read_only, cap_drop, stop_grace_period, image }).toEqual({
      user: '1000:1000',
      read_only: true,
      cap_drop: ['ALL'],
      stop_grace_period: '10s',
      image: 'relance:${RELANCE_VERSION:-latest}',
    });
  });

  it.each([...processes, ...stores])('asks %s whether it is well, and starts it again', (name) => {
    expect(composed(name).healthcheck.test?.length).toBeGreaterThan(0);
    expect(composed(name).restart).toBe('unless-stopped');
  });

  it('sets up before any service, and once the stores are well', () => {
    for (const name of processes)
      expect([name, composed(name).depends_on]).toEqual([
        name,
        { setup: { condition: 'service_completed_successfully' } },
      ]);
    expect(composed('setup').depends_on).toEqual(
      Object.fromEntries(stores.map((store) => [store, { condition: 'service_healthy' }])),
    );
  });

  it.each([...processes, 'setup'])('runs a program of ours as %s', (name) => {
    const [program = ''] = composed(name).command ?? [];
    expect(
      existsSync(new URL(`../../../${program.replace('/dist/', '/src/').replace(/\.js$/, '.ts')}`, import.meta.url)),
    ).toBe(true);
  });

  it('has one door, which does not reach the stores', () => {
    expect(Object.keys(composition.services).filter((name) => composed(name).ports)).toEqual(['gateway']);
    expect(composed('gateway').networks).toEqual(['inside']);
    expect(composition.networks['stores']?.internal).toBe(true);
    for (const store of stores) expect([store, composed(store).networks]).toEqual([store, ['stores']]);
  });

  it('names exact versions, and the Kafka that is tested', () => {
    for (const store of stores) expect(composed(store).image).toMatch(/:\d+\.\d+/);
    const [, tested] =
      /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([\d.]+)</.exec(file('libs/platform/testbed/pom.xml')) ?? [];
    expect(composed('kafka').image).toBe(`apache/kafka:${tested}`);
  });
});

describe('the image', () => {
  const dockerfile = file('deploy/images/Dockerfile').replaceAll(/\\\n\s*/g, '');
  const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  it('is built in stages, and the last one takes only what runs', () => {
    expect(stages.length).toBeGreaterThan(2);
    expect(last).not.toMatch(/npm |COPY (?!--from)(apps|libs|\.)/);
    expect(lines.filter((line) => line.startsWith('ADD '))).toEqual([]);
  });

  it('stands on the Node that everything is tested with', () => {
    const { dependencies } = JSON.parse(file('package.json')) as { dependencies: Record<string, string> };
    expect(lines).toContain(`ARG NODE_VERSION=${dependencies['node']}`);
    expect(
      stages.filter((stage) => stage.startsWith('node:')).every((stage) => stage.startsWith('node:${NODE_VERSION}-')),
    ).toBe(true);
  });

  it('is not root, as a number that an orchestrator can check', () => {
    expect([...last.matchAll(/^USER (.*)$/gm)].map(([, user]) => user)).toEqual(['1000:1000']);
    expect(last.indexOf('USER ')).toBeGreaterThan(last.indexOf('RUN '));
  });

  it('installs what the lock says: no development packages, no scripts', () => {
    const installs = lines.filter((line) => /npm (ci|i|install|add)\b/.test(line));
    expect(installs).toEqual(['RUN npm ci', 'RUN npm ci --omit=dev --omit=optional --ignore-scripts']);
  });

  it('holds no secret', () => {
    expect(lines.filter((line) => /^(ARG|ENV).*(TOKEN|KEY|SECRET|PASSWORD|_URL)/.test(line))).toEqual([]);
  });

  it('gets signals itself, and says whether it is well', () => {
    expect(last).toMatch(/^ENTRYPOINT \["\/usr\/local\/bin\/node"/m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["\/usr\/local\/bin\/node", "healthcheck.mjs", "ready"\]$/m);
  });

  it('copies what is there and what its ignore file lets through', () => {
    const allowed = file('deploy/images/Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.startsWith('COPY --from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.sort()).toEqual(allowed.sort());
    for (const path of copied)
      expect([path, existsSync(new URL(`../../../${path}`, import.meta.url))]).toEqual([path, true]);
  });
});
