import { createServer } from 'node:net';
import { environment, readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { DataDirectory, ProcessesFile, freePort } from '@relance/embedded';
import { createLogger } from '@relance/logging';
import { gatewayConfig, listen, relanceConfig, serviceNames, supervisorConfig } from '@relance/process';
import { planProcesses } from './decide/plan-processes.js';
import type { ProcessPlan } from './decide/plan-processes.js';
import { poolSize } from './decide/pool-size.js';
import { TooManyProcesses } from './installation-errors.js';
import { openStores } from './open-stores.js';
import { runStep } from './run-step.js';
import { StartedProcesses } from './started-processes.js';
import { SupervisedProcess } from './supervised-process.js';
import { waitUntilReady } from './wait-until-ready.js';

/** Together with what the stores take, five seconds. */
const gatewayStopsWithinMs = 1_000;
const servicesStopWithinMs = 2_000;

type Given = Readonly<Record<string, string | undefined>>;

/**
 * Starts an installation of many processes and keeps it alive: stores, then the set-up, then every service, then the
 * gateway. It ends in the opposite order.
 *
 * @returns the gateway's origin, once every process is ready.
 * @throws {StartRefused} {PartMissing} {CannotListen} {ConfigInvalid} {TooManyProcesses} {DoesNotStart}
 */
export async function openInstallation(giveUp: AbortSignal, opened: AsyncDisposableStack): Promise<string> {
  const given = environment();
  const config = readConfig([relanceConfig, gatewayConfig, supervisorConfig], given);
  const stated = config.get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const { SERVICES_INSTANCES } = config.get(supervisorConfig.token) as ConfigOf<typeof supervisorConfig>;
  const transport = given['EVENT_LOG_TRANSPORT'] || 'kafka';
  const backend = given['JOBS_BACKEND'] || 'redis';
  const count = serviceNames.reduce((sum, service) => sum + (SERVICES_INSTANCES.get(service) ?? 1), 0);
  const pool = stated.DATABASE_URL === undefined ? poolSize(count, backend === 'postgres') : undefined;
  if (pool === null) throw new TooManyProcesses(count);

  const logger = createLogger({ level: stated.LOG_LEVEL });
  const directory = DataDirectory.open(stated.RELANCE_DATA_DIR);
  opened.defer(() => directory.release());
  const processes = new ProcessesFile(directory.path);
  const secrets = {
    RELANCE_ADMIN_TOKEN: directory.adminToken(stated.RELANCE_ADMIN_TOKEN),
    SECRETS_KEY: directory.secretsKey(stated.SECRETS_KEY),
  };
  const started = await StartedProcesses.afterThoseLeftBehind(directory.file('started-processes.json'), logger);
  const gatewayPort = await portOf(stated.HOST, stated.PORT);
  const stores = await openStores({ stated, transport, backend }, directory, processes, logger, giveUp, opened);

  const shared = {
    ...secrets,
    ...stores,
    RELANCE_DATA_DIR: directory.path,
    ...(pool === undefined || given['DATABASE_POOL_SIZE'] ? {} : { DATABASE_POOL_SIZE: String(pool) }),
  };
  await runStep('setup', 'apps/relance/dist/setup.js', { ...given, ...shared }, directory.file('logs'), giveUp);

  const ports = await freePorts(count, gatewayPort);
  const origin = `http://${stated.HOST.includes(':') ? `[${stated.HOST}]` : stated.HOST}:${gatewayPort}`;
  const plan = planProcesses(
    {
      instances: SERVICES_INSTANCES,
      host: stated.HOST,
      gatewayPort,
      publicUrl: stated.PUBLIC_URL ?? origin,
      shared,
      trustedProxies: given['TRUSTED_PROXIES'] ?? '',
    },
    serviceNames,
    () => ports.pop() ?? 0,
  );
  const supervised = (wanted: ProcessPlan, inherited: Given): SupervisedProcess =>
    new SupervisedProcess(wanted, inherited, directory.file('logs'), onChange(processes, started), logger);
  await startAll(
    plan.services.map((service) => supervised(service, given)),
    supervised(plan.gateway, withoutSecrets(given)),
    giveUp,
    opened,
  );
  return origin;
}

/** Everything at once, since each knows how to wait for the others; ready when all are. The gateway ends first. */
async function startAll(
  services: readonly SupervisedProcess[],
  gateway: SupervisedProcess,
  giveUp: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<void> {
  opened.defer(async () => {
    await Promise.all(services.map((service) => service.stop(servicesStopWithinMs)));
  });
  opened.defer(() => gateway.stop(gatewayStopsWithinMs));
  for (const process of [...services, gateway]) process.start();
  await Promise.all(services.map((service) => waitUntilReady(service, giveUp)));
  await waitUntilReady(gateway, giveUp);
}

function onChange(
  processes: ProcessesFile,
  started: StartedProcesses,
): (plan: ProcessPlan, pid: number | null) => void {
  return ({ name, host, port }, pid) => {
    if (pid === null) {
      processes.remove(name);
      started.remove(name);
    } else {
      started.add(name, pid);
      processes.set(name, { pid, address: `${host}:${port}` });
    }
  };
}

/** The port the gateway will have: any free one for 0. @throws {CannotListen} now, rather than when everything else runs. */
async function portOf(host: string, wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  const probe = createServer();
  await listen(
    {
      listen: (port, address) =>
        new Promise<void>((resolve, reject) => {
          probe.once('error', reject);
          probe.listen(port, address, resolve);
        }),
      address: () => probe.address(),
    },
    host,
    wanted,
  );
  await new Promise((resolve) => probe.close(resolve));
  return wanted;
}

async function freePorts(count: number, taken: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = await freePort();
    if (port !== taken) ports.add(port);
  }
  return [...ports];
}

/** What faces the internet is not told what it does not need. */
function withoutSecrets(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !/(_URL|_TOKEN|_KEY|_SECRET)$/.test(name)));
}
