import { existsSync } from 'node:fs';
import { environment } from '@relance/config';

/** A server in a container. */
export interface StartedContainer {
  readonly address: string;
  stop: () => Promise<void>;
}

interface Container {
  start(): Promise<{ getHost(): string; getMappedPort(port: number): number; stop(): Promise<unknown> }>;
}

/** Kafka in a container; null where no Docker engine answers. */
export async function startKafkaContainer(): Promise<StartedContainer | null> {
  if (!(await dockerAnswers())) return null;
  const { KafkaContainer } = (await load('@testcontainers/kafka')) as {
    KafkaContainer: new (image: string) => { withKraft(): Container };
  };
  return started(new KafkaContainer('confluentinc/cp-kafka:8.0.0').withKraft(), 9093);
}

/** Redis in a container; null where no Docker engine answers. */
export async function startRedisContainer(): Promise<StartedContainer | null> {
  if (!(await dockerAnswers())) return null;
  const { RedisContainer } = (await load('@testcontainers/redis')) as {
    RedisContainer: new (image: string) => Container;
  };
  return started(new RedisContainer('redis:7'), 6379);
}

/** Whether a Docker engine answers and the development packages that speak to it are installed. */
export async function dockerAnswers(): Promise<boolean> {
  if (!environment()['DOCKER_HOST'] && !existsSync('/var/run/docker.sock')) return false;
  try {
    const { getContainerRuntimeClient } = (await load('testcontainers')) as {
      getContainerRuntimeClient: () => Promise<unknown>;
    };
    await getContainerRuntimeClient();
    return true;
  } catch {
    // No engine, or the packages were left out of the installation: a local process then.
    return false;
  }
}

/** By a name that is only known when it runs: these are development packages, and may be absent. */
function load(name: string): Promise<unknown> {
  return import(name);
}

async function started(container: Container, port: number): Promise<StartedContainer> {
  const running = await container.start();
  return {
    address: `${running.getHost()}:${running.getMappedPort(port)}`,
    stop: async () => {
      await running.stop();
    },
  };
}
