import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { environment } from '@relance/config';
import { freePort } from '@relance/embedded';
import { startKafkaContainer } from './containers.js';
import { kafkaArchives } from './java-archives.js';
import { runLocalServer } from './local-server.js';

export interface KafkaOptions {
  /** Data, settings and `kafka.log`. A second start on the same directory finds the topics again, and the port. */
  readonly directory: string;
  readonly port?: number;
  /** True: it runs on when this process ends, and the next start adopts it. Otherwise it ends with this process. */
  readonly isKept?: boolean;
}

export interface RunningKafka {
  /** `host:port`, as `KAFKA_BROKERS` has them. */
  readonly brokers: readonly string[];
  /** Null where it is not a process of ours: `KAFKA_BROKERS` is set, or it runs in a container. */
  readonly pid: number | null;
  readonly how: 'outside' | 'container' | 'started' | 'adopted';
  /** The process that was left on the directory and had to be ended first. */
  readonly ended: number | null;
  /** Fulfilled when the process is gone. */
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const java = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-XX:-UsePerfData',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];
const never = new Promise<void>(() => undefined);

/**
 * Apache Kafka: the one that `KAFKA_BROKERS` names; else one in a container, where a Docker engine answers; else one
 * as a process of this machine, on free ports of 127.0.0.1, ready in 2 to 4 s.
 *
 * @throws {PartMissing}
 */
export async function startKafka(options: KafkaOptions): Promise<RunningKafka> {
  const outside = environment()['KAFKA_BROKERS'];
  if (outside) {
    const brokers = outside.split(',').map((address) => address.trim());
    return { brokers, pid: null, how: 'outside', ended: null, gone: never, stop: () => Promise.resolve() };
  }
  const container = options.port === undefined ? await startKafkaContainer() : null;
  if (container) {
    return {
      brokers: [container.address],
      pid: null,
      how: 'container',
      ended: null,
      gone: never,
      stop: container.stop,
    };
  }
  return startLocalKafka(options);
}

async function startLocalKafka(options: KafkaOptions): Promise<RunningKafka> {
  const archives = `${await kafkaArchives()}/*`;
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  const ports = await portsOf(directory, options.port);
  const properties = join(directory, 'server.properties');
  writeFileSync(properties, settings(directory, ports));
  if (!existsSync(join(directory, 'kafka-data', 'meta.properties'))) {
    const id = randomBytes(16).toString('base64url').replace(/^-/, 'r');
    await run('java', [...java, '-cp', archives, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', properties]);
  }
  const server = await runLocalServer({
    name: 'kafka',
    directory,
    command: 'java',
    args: ['-Xmx384m', ...java, '-cp', archives, 'kafka.Kafka', properties],
    isKept: options.isKept ?? false,
    isReady: () => answers(ports.broker),
  });
  return { ...server, brokers: [`127.0.0.1:${ports.broker}`] };
}

interface Ports {
  readonly broker: number;
  readonly controller: number;
}

/** The ports of an earlier start again, so that clients find it where it was. */
async function portsOf(directory: string, wanted: number | undefined): Promise<Ports> {
  const file = join(directory, 'ports.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ports) : null;
  if (known && (wanted === undefined || wanted === known.broker)) return known;
  const ports = { broker: wanted ?? (await freePort()), controller: await freePort() };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

function settings(directory: string, ports: Ports): string {
  const broker = `PLAINTEXT://127.0.0.1:${ports.broker}`;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `${broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': broker,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(directory, 'kafka-data'),
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Taken from the heap whether it is used or not.
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * A Metadata request (key 3, version 1, no topics), written by hand: Kafka is there when it names a broker, which is a
 * moment after it accepts connections.
 */
const metadataRequest = Buffer.from('0000000e 0003 0001 00000001 ffff 00000000'.replaceAll(' ', ''), 'hex');

/** Where the number of brokers stands in the answer, after its size and the request's number. */
const brokersAt = 8;

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(metadataRequest));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (bytes) => {
      done(bytes.length >= brokersAt + 4 && bytes.readInt32BE(brokersAt) > 0);
      socket.destroy();
    });
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
