import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateEventLog1763800000000, EventLog, Wakeup } from '@relance/event-log';
import { newId } from '@relance/events';
import type { LeadFacts, LeadId, SourceKey, SubmissionId } from '@relance/lead';
import { createLogger } from '@relance/logging';
import { Db } from '@relance/postgres';
import { eventually, freshDatabase, startTcpProxy } from '@relance/testing';
import type { FreshDatabase, TcpProxy } from '@relance/testing';
import { Acceptance } from '../src/accept/acceptance.js';
import { deliveryOf } from '../src/accept/delivery-of.js';
import { LeadJoining } from '../src/accept/lead-joining.js';
import type { Accepted, Submission } from '../src/accept/submission.js';
import { DeliveryRepository } from '../src/store/delivery.repository.js';
import { IdentityRepository } from '../src/store/identity.repository.js';
import { LeadRepository } from '../src/store/lead.repository.js';
import { MeetingRepository } from '../src/store/meeting.repository.js';
import { CreateIngestion1763800001000 } from '../src/store/migrations/create-ingestion-1763800001000.js';
import { SourceRepository } from '../src/store/source.repository.js';
import { SubmissionRepository } from '../src/store/submission.repository.js';

const site = 'site' as SourceKey;
const logger = createLogger({ level: 'silent' });
let database: FreshDatabase;
let proxy: TcpProxy;
let db: Db;
let acceptance: Acceptance;

function acceptanceOn(on: Db): Acceptance {
  const submissions = new SubmissionRepository(on);
  const log = new EventLog(new Wakeup());
  const joining = new LeadJoining(
    new MeetingRepository(on, log),
    new IdentityRepository(),
    new LeadRepository(),
    submissions,
    log,
  );
  return new Acceptance(on, new SourceRepository(on), new DeliveryRepository(on), joining, submissions);
}

beforeAll(async () => {
  database = await freshDatabase([CreateEventLog1763800000000, CreateIngestion1763800001000]);
  await database.db.query(
    `insert into ingestion.source (key, kind, name, enabled, settings, mapping, defaults, version) values ('site', 'form', 'Site', true, '{}', '{}', '{}', 1)`,
  );
});
afterAll(async () => database.close());

beforeEach(async () => {
  const url = new URL(database.url);
  proxy = await startTcpProxy(Number(url.port || 5432));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  db = await Db.connect(
    { url: url.href, applicationName: 'behind-a-wire', poolSize: 4, rows: [], statementTimeoutMs: 2_000 },
    logger,
  );
  acceptance = acceptanceOn(db);
});
afterEach(async () => {
  proxy.mend();
  await acceptance.beforeApplicationShutdown();
  await db.close();
  await proxy.close();
});

function submission(over: { email?: string; phone?: string; message?: string; key?: string } = {}): Submission {
  const at = new Date('2026-11-20T10:00:00Z');
  const leadId = newId() as LeadId;
  const facts: LeadFacts = {
    person:
      over.phone === undefined
        ? { email: over.email ?? `${leadId}@x.example` }
        : { phone: over.phone, fullName: 'Ada' },
    company: {},
    request: over.message === undefined ? {} : { message: over.message },
    attribution: { sourceKey: site },
    consents: [],
    test: false,
    occurredAt: at.toISOString(),
    receivedAt: at.toISOString(),
  };
  const given = {
    person: facts.person,
    company: {},
    request: facts.request,
    attribution: {},
    consent: {},
    test: false,
  };
  return {
    submissionId: newId() as SubmissionId,
    leadId,
    sourceKey: site,
    facts,
    originals: {},
    trust: 'public',
    suspicion: null,
    receivedAt: at,
    delivery: deliveryOf(site, { given, facts, suspicion: null }, { idempotencyKey: over.key }),
  };
}
const stored = async (accepted: Accepted): Promise<number> =>
  Number(
    (
      await database.db.query<{ n: number }>('select count(*) as n from event_log.event where key = $1', [
        accepted.leadId,
      ])
    )[0]?.n,
  );
async function timed<T>(work: Promise<T>): Promise<{ outcome: PromiseSettledResult<T>; ms: number }> {
  const from = performance.now();
  const [outcome] = await Promise.allSettled([work]);
  return { outcome: outcome as PromiseSettledResult<T>, ms: performance.now() - from };
}

describe('when Postgres is gone', () => {
  it('says so at once, and accepts again when it is back', async () => {
    await acceptance.accept(submission());
    proxy.cut();
    await timed(acceptance.accept(submission()));
    const { outcome, ms } = await timed(acceptance.accept(submission()));
    expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', retryAfterSeconds: 1 } });
    expect(ms).toBeLessThan(1_500);
    proxy.mend();
    await expect(acceptance.accept(submission())).resolves.toMatchObject({ status: 'accepted' });
  });

  it('says so after three seconds when it hangs, and whoever asks again gets one lead', async () => {
    await acceptance.accept(submission());
    proxy.freeze();
    const said = submission({ key: newId() });
    const { outcome, ms } = await timed(acceptance.accept(said));
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'ingestion.deadline-passed', kind: 'unavailable' },
    });
    expect(ms).toBeGreaterThan(2_900);
    expect(ms).toBeLessThan(3_300);
    proxy.mend();
    const again = { ...said, submissionId: newId() as SubmissionId, leadId: newId() as LeadId };
    const accepted = await eventually(() => acceptance.accept(again));
    expect(await acceptance.accept({ ...again, submissionId: newId() as SubmissionId })).toEqual(accepted);
    expect(await stored(accepted)).toBe(1);
  });

  it('refuses the 2 001st that waits at once', async () => {
    await acceptance.accept(submission());
    proxy.freeze();
    const waiting = [acceptance.accept(submission()).catch(String)];
    await new Promise(setImmediate);
    waiting.push(acceptance.accept(submission()).catch(String));
    await new Promise(setImmediate);
    for (let index = 0; index < 2_000; index++) waiting.push(acceptance.accept(submission()).catch(String));
    const { outcome, ms } = await timed(acceptance.accept(submission()));
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'ingestion.queue-full', retryAfterSeconds: 1 },
    });
    expect(ms).toBeLessThan(1_500);
    proxy.mend();
    await Promise.all(waiting);
  });
});

describe('an accepted submission', () => {
  it('is one lead when its COMMIT was not heard of, and the same ids are tried again', async () => {
    for (const said of [submission(), submission({ key: newId() }), submission({ phone: '+33698765432' })]) {
      const first = await acceptance.accept(said);
      const again = await acceptance.accept(said);
      expect(again).toEqual(first);
      expect(await stored(first)).toBe(1);
    }
  });

  it('does not suffer from a neighbour that the database refuses', async () => {
    await database.db.query(`
      create function ingestion.refuse_poison() returns trigger language plpgsql as $$ begin
        if new.facts ->> 'test' = 'false' and new.facts -> 'person' ->> 'email' like 'poison%' then raise exception 'poison'; end if; return new; end $$`);
    await database.db.query(
      'create trigger poison before insert on ingestion.submission for each row execute function ingestion.refuse_poison()',
    );
    const all = Array.from({ length: 40 }, (_, index) =>
      submission(index === 23 ? { email: `poison${newId()}@x.example` } : {}),
    );
    const outcomes = await Promise.allSettled(all.map((each) => acceptance.accept(each)));
    expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([23]);
    await database.db.query('drop trigger poison on ingestion.submission');
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') expect(await stored(outcome.value)).toBe(1);
    expect(await database.db.query("select from ingestion.lead_email where email like 'poison%'")).toEqual([]);
  });

  it('is one lead per person when processes race, in batches that meet crosswise', async () => {
    const other = acceptanceOn(database.db);
    const emails = Array.from({ length: 30 }, () => `${newId()}@x.example`);
    const all = [acceptance, other].flatMap((on, process) =>
      (process === 0 ? emails : emails.toReversed()).map((email, index) =>
        on.accept(submission({ email, message: `${process} ${index}` })).then((accepted) => ({ email, accepted })),
      ),
    );
    const answers = await Promise.all(all);
    for (const email of emails) {
      const [one, two] = answers.filter((answer) => answer.email === email);
      expect(one?.accepted.leadId).toBe(two?.accepted.leadId);
      expect(await stored(one?.accepted as Accepted)).toBe(2);
    }
    await other.beforeApplicationShutdown();
  });

  it('is one lead per phone number when processes race for people without an address', async () => {
    const other = acceptanceOn(database.db);
    for (let round = 0; round < 20; round++) {
      const phone = `+3361234${String(round).padStart(4, '0')}`;
      const [one, two] = await Promise.all(
        [acceptance, other].map((on, process) => on.accept(submission({ phone, message: `${process}` }))),
      );
      expect(one?.leadId).toBe(two?.leadId);
      expect(await stored(one as Accepted)).toBe(2);
    }
    await other.beforeApplicationShutdown();
  });

  it('was waited for when the process stops', async () => {
    const waiting = Array.from({ length: 300 }, () => acceptance.accept(submission()));
    await acceptance.beforeApplicationShutdown();
    expect((await Promise.allSettled(waiting)).filter(({ status }) => status === 'rejected')).toEqual([]);
    await expect(acceptance.accept(submission())).rejects.toMatchObject({
      code: 'ingestion.stopping',
      kind: 'unavailable',
    });
  });
});

it('takes a key that was forgotten a moment ago, and none that is held', async () => {
  const [held, forgotten] = [submission({ key: newId() }), submission({ key: newId() })];
  await acceptance.accept(held);
  const taken = await db.transaction((tx) =>
    new DeliveryRepository(db).takeOver(tx, [{ ...held, submissionId: newId() as SubmissionId }, forgotten]),
  );
  expect([...taken]).toEqual([forgotten.submissionId]);
});

it('forgets keys that are free again, and no others', async () => {
  const [kept, free] = [submission({ key: newId() }), submission({ key: newId() })];
  await acceptance.accept(kept);
  await acceptance.accept(free);
  await database.db.query(
    "update ingestion.delivery set expires_at = now() - interval '1 hour' where submission_id = $1",
    [free.submissionId],
  );
  expect(await new DeliveryRepository(db).forgetExpired(1_000)).toBe(1);
  expect(
    await database.db.query('select from ingestion.delivery where submission_id = $1', [kept.submissionId]),
  ).toHaveLength(1);
});
