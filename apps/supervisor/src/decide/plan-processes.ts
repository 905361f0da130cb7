import type { Service } from '@relance/events';

type Environment = Readonly<Record<string, string>>;

/** A process to start and to keep alive. */
export interface ProcessPlan {
  /** As `processes.json` has it: `scoring`, `scoring-2`, `gateway`. */
  readonly name: string;
  /** The folder below `apps/` whose program it runs. */
  readonly app: string;
  readonly host: string;
  readonly port: number;
  /** What it is told beside what everybody is told. */
  readonly environment: Environment;
}

/** What the services share, and what only some may know. */
export interface InstallationFacts {
  readonly instances: ReadonlyMap<Service, number>;
  readonly host: string;
  readonly gatewayPort: number;
  /** Where people and machines reach the gateway. */
  readonly publicUrl: string;
  /** For services alone: where their stores are, and the secrets. The gateway needs none of it. */
  readonly shared: Environment;
  /** Proxies in front of the gateway that it believes. */
  readonly trustedProxies: string;
}

/** Services listen here: only the gateway is for others. */
const inside = '127.0.0.1';

/**
 * Which processes an installation of many consists of.
 *
 * @param takePort a free port, another one each time.
 * @returns services in the order of a lead's way, the gateway last.
 */
export function planProcesses(
  facts: InstallationFacts,
  services: readonly Service[],
  takePort: () => number,
): { readonly services: readonly ProcessPlan[]; readonly gateway: ProcessPlan } {
  const planned = services.flatMap((service) =>
    Array.from({ length: facts.instances.get(service) ?? 1 }, (_, index) => ({
      name: index === 0 ? service : `${service}-${index + 1}`,
      app: service,
      host: inside,
      port: takePort(),
    })),
  );
  return {
    services: planned.map((plan) => ({
      ...plan,
      environment: {
        ...facts.shared,
        HOST: plan.host,
        PORT: String(plan.port),
        PUBLIC_URL: facts.publicUrl,
        TRUSTED_PROXIES: inside,
      },
    })),
    gateway: {
      name: 'gateway',
      app: 'gateway',
      host: facts.host,
      port: facts.gatewayPort,
      environment: {
        HOST: facts.host,
        PORT: String(facts.gatewayPort),
        TRUSTED_PROXIES: facts.trustedProxies,
        ...Object.fromEntries(
          services.map((service) => [
            `${service.toUpperCase().replaceAll('-', '_')}_URL`,
            planned
              .filter(({ app }) => app === service)
              .map(({ host, port }) => `http://${host}:${port}`)
              .join(','),
          ]),
        ),
      },
    },
  };
}
