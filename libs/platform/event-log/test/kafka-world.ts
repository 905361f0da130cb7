import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { z } from 'zod';
import { announceNew, defineEvent, newId, topics } from '@relance/events';
import type { Announcement, Envelope } from '@relance/events';
import {
  CreateEventLog1763800000000,
  CreateRelay1763900000000,
  DeadLetters,
  EventLog,
  KafkaTransport,
  Readers,
  Relay,
  Wakeup,
} from '@relance/event-log';
import type { RelayOptions } from '@relance/event-log';
import { createLogger } from '@relance/logging';
import type { LogLevel } from '@relance/logging';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { startKafka } from '@relance/testbed';
import type { RunningKafka } from '@relance/testbed';
import { eventually, freshDatabase, startTcpProxy } from '@relance/testing';
import type { FreshDatabase, TcpProxy } from '@relance/testing';

const logger = createLogger({ level: (process.env['LOG_LEVEL'] ?? 'silent') as LogLevel });

/** A broker that tests may kill, freeze and wipe; each start finds it at the same address. */
export class Broker {
  private constructor(
    private readonly directory: string,
    private running: RunningKafka,
  ) {}

  static async start(): Promise<Broker> {
    const directory = mkdtempSync(join(tmpdir(), 'relance-kafka-'));
    return new Broker(directory, await startKafka({ directory }));
  }

  get brokers(): readonly string[] {
    return this.running.brokers;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.running.gone;
  }

  async startAgain(): Promise<void> {
    this.running = await startKafka({ directory: this.directory });
  }

  /** Another Kafka at the same address, with nothing in it. */
  async replace(): Promise<void> {
    await this.running.stop();
    rmSync(join(this.directory, 'kafka-data'), { recursive: true });
    await this.startAgain();
  }

  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.client().admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async deleteTopics(): Promise<void> {
    await this.admin((admin) => admin.deleteTopics({ topics: [...topics] }));
  }

  /** Every record of a log on the topic of leads: its partition's records in their order. */
  async records(log: string): Promise<Envelope[][]> {
    const ends = await this.admin((admin) => admin.fetchTopicOffsets('relance.leads'));
    const partitions: Envelope[][] = ends.map(() => []);
    const missing = new Set(ends.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
    const consumer = this.client().consumer({ groupId: `test-${newId()}` });
    await consumer.connect();
    await consumer.subscribe({ topics: ['relance.leads'], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        const isOurs = message.headers?.['log']?.toString().startsWith(log) === true;
        if (isOurs) partitions[partition]?.push(JSON.parse(String(message.value)) as Envelope);
        if (Number(message.offset) + 1 >= Number(ends.find((end) => end.partition === partition)?.high))
          missing.delete(partition);
      },
    });
    await eventually(() => missing.size === 0, { withinMs: 20_000 });
    await consumer.disconnect();
    return partitions;
  }

  async close(): Promise<void> {
    this.thaw();
    await this.running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private signal(name: NodeJS.Signals): void {
    if (this.running.pid !== null) process.kill(this.running.pid, name);
  }

  private client(): Kafka {
    return new Kafka({ brokers: [...this.brokers], logLevel: logLevel.NOTHING });
  }
}

const saidSchema = z.object({ leadId: z.string(), n: z.number() });
type Said = z.infer<typeof saidSchema>;

/** A service that writes down what it hears, by the process that heard it. */
export class Service {
  readonly name = newId();
  readonly said = defineEvent({
    type: `said-${this.name}`,
    version: 1,
    key: (data) => data.leadId,
    data: saidSchema,
  });
  before: (events: readonly Envelope<Said>[], tx: Tx) => Promise<void> = () => Promise.resolve();

  say(leadId: string, n: number): Announcement {
    return announceNew(this.said, { data: { leadId, n }, by: 'test', at: new Date() });
  }
}

/** An installation: a database with a log, and processes on it over one broker. */
export class World {
  private readonly opened: (() => Promise<void>)[] = [];
  private readonly wakeup = new Wakeup();
  private readonly log = new EventLog(this.wakeup);
  private instances = 0;

  private constructor(
    readonly broker: Broker,
    readonly database: FreshDatabase,
    readonly logId: string,
  ) {}

  static async start(broker: Broker): Promise<World> {
    const database = await freshDatabase([CreateEventLog1763800000000, CreateRelay1763900000000]);
    await database.db.query(
      'create table public.heard (id bigint generated always as identity, service text, instance int, lead text, n int, position bigint)',
    );
    const [row] = await database.db.query<{ id: string }>('select log_id::text as id from event_log.relay');
    return new World(broker, database, row?.id ?? '');
  }

  async append(...announcements: Announcement[]): Promise<void> {
    await this.database.db.transaction((tx) => this.log.append(tx, announcements));
  }

  /** A relay of a process of its own, behind a wire to the database. */
  async relay(options: Partial<RelayOptions> = {}): Promise<{ relay: Relay; wire: TcpProxy; close(): Promise<void> }> {
    const wire = await startTcpProxy(Number(new URL(this.database.url).port));
    const url = new URL(this.database.url);
    url.port = String(wire.port);
    const relay = new Relay(
      { databaseUrl: url.href, brokers: this.broker.brokers, ...options },
      this.database.db,
      this.wakeup,
      logger,
    );
    relay.start();
    const close = async (): Promise<void> => {
      wire.mend();
      await relay.close();
      await wire.close();
    };
    this.opened.push(close);
    return { relay, wire, close };
  }

  /** The service in a process of its own, with a relay of its own if it shall have one. */
  async run(
    service: Service,
    hasRelay = false,
  ): Promise<{ readers: Readers; instance: number; close(): Promise<void> }> {
    const instance = (this.instances += 1);
    const db = await Db.connect(
      { url: this.database.url, applicationName: 'kafka-world', poolSize: 6, rows: [] },
      logger,
    );
    const onCrash = (error: unknown): void => {
      throw error;
    };
    const relay = new Relay({ databaseUrl: this.database.url, brokers: this.broker.brokers }, db, this.wakeup, logger);
    const transport = new KafkaTransport(
      { brokers: this.broker.brokers, onCrash },
      db,
      hasRelay ? relay : null,
      logger,
    );
    const readers = new Readers(transport, db, new DeadLetters(db), logger);
    const handle = (events: readonly Envelope<Said>[], tx: Tx): Promise<void> =>
      this.hear(service, instance, events, tx);
    await readers.open([
      { name: service.name, handlers: new Map([[service.said.type, { event: service.said, handle }]]) },
    ]);
    readers.isProjection(service.name, async (tx, from) => {
      await tx.execute('delete from public.heard where service = $1 and position >= $2', [service.name, from]);
    });
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await readers.close();
      await db.close();
    };
    this.opened.push(close);
    return { readers, instance, close };
  }

  /** What the service heard, in the order of its transactions. */
  async heard(service: Service, lead?: string): Promise<number[]> {
    const rows = await this.database.db.query<{ n: number }>(
      'select n from public.heard where service = $1 and ($2::text is null or lead = $2) order by id',
      [service.name, lead ?? null],
    );
    return rows.map((row) => row.n);
  }

  async epoch(): Promise<number> {
    const [row] = await this.database.db.query<{ epoch: number }>('select epoch from event_log.relay');
    return row?.epoch ?? 0;
  }

  async atEnd(readers: Readers, withinMs = 30_000): Promise<void> {
    await eventually(async () => (await readers.lag()).every((reader) => reader.lagEvents === 0), { withinMs });
  }

  async close(): Promise<void> {
    for (const close of this.opened.reverse()) await close();
    await this.database.close();
  }

  private async hear(service: Service, instance: number, events: readonly Envelope<Said>[], tx: Tx): Promise<void> {
    await service.before(events, tx);
    await tx.execute(
      `insert into public.heard (service, instance, lead, n, position)
       select $1, $2, heard.lead, heard.n, heard.position
       from unnest($3::text[], $4::int[], $5::bigint[]) as heard(lead, n, position)`,
      [
        service.name,
        instance,
        events.map((event) => event.data.leadId),
        events.map((event) => event.data.n),
        events.map((event) => event.position),
      ],
    );
  }
}

export const numbers = (to: number): number[] => Array.from({ length: to }, (_, n) => n);
