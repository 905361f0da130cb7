import type { ClockId, LeadId, MemberKey, MilestoneKey, TeamKey } from '@relance/lead';
import type { Db, Tx } from '@relance/postgres';
import type { Colleague } from '../decide/find-recipients.js';
import type { LetterLine } from '../decide/write-letter.js';

/** Somebody, or something, that is told. */
export interface Recipient {
  readonly recipient: MemberKey | 'webhook';
  readonly channel: 'email' | 'webhook';
}

/** A breach, or a later step of it, that people must know of. */
export interface RaisedBreach {
  readonly clockId: ClockId;
  readonly step: number;
  /** A later step of a breach that was told brings nobody new to the alert. */
  readonly isNew: boolean;
  readonly milestone: MilestoneKey;
  readonly team: TeamKey | null;
  readonly at: Date;
  readonly recipients: readonly Recipient[];
}

export interface AlertView {
  readonly id: string;
  readonly kind: string;
  readonly team: string | null;
  readonly state: 'firing' | 'resolved';
  readonly breaches: number;
  readonly unanswered: number;
  readonly openedAt: Date;
  readonly lastBreachAt: Date;
  readonly ackedAt: Date | null;
  readonly ackedBy: string | null;
  readonly silencedAt: Date | null;
  readonly silencedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly escalations: readonly {
    readonly recipient: string;
    readonly channel: string;
    readonly about: string;
    readonly state: string;
    readonly createdAt: string;
    readonly sentAt: string | null;
    readonly receipt: string | null;
  }[];
}

/** A message on its way. */
export interface Escalation {
  readonly id: string;
  readonly alertId: string;
  readonly recipient: string;
  readonly channel: 'email' | 'webhook';
  readonly about: 'breach' | 'withdrawal';
  readonly state: 'pending' | 'sent' | 'failed';
  readonly createdAt: Date;
  readonly kind: string;
  readonly team: TeamKey | null;
  /** The reader's address and zone, as they are now. */
  readonly email: string | null;
  readonly timeZone: string | null;
}

const upsertAlerts = `
  insert into sla.alert as alert (id, kind, team, state, breaches, opened_at, last_breach_at)
  select gen_random_uuid(), kind, team, 'firing', breaches, at, at
  from unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[]) as raised(kind, team, breaches, at)
  order by kind, team
  on conflict (kind, team) where state = 'firing' do update set
    breaches = alert.breaches + excluded.breaches,
    last_breach_at = case when excluded.breaches > 0 then excluded.last_breach_at else alert.last_breach_at end,
    silenced_at = case when excluded.breaches > 0 then null else alert.silenced_at end,
    silenced_by = case when excluded.breaches > 0 then null else alert.silenced_by end
  returning id, kind, team`;

const insertNotices = `
  with joined as (
    insert into sla.alert_breach (alert_id, clock_id)
    select distinct * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing
  )
  insert into sla.notice (alert_id, clock_id, step, about, recipient, channel)
  select alert_id, clock_id, step, 'breach', recipient, channel
  from unnest($3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::text[])
    as notice(alert_id, clock_id, step, recipient, channel)
  on conflict do nothing`;

/** Everybody who may have been told of the breach is told that it is none; the post sorts out who was. */
const insertWithdrawals = `
  insert into sla.notice (alert_id, clock_id, step, about, recipient, channel)
  select distinct on (clock_id, recipient, channel) alert_id, clock_id, 0, 'withdrawal', recipient, channel
  from sla.notice where clock_id = any($1::uuid[]) and about = 'breach'
  order by clock_id, recipient, channel, id
  on conflict do nothing`;

const clocksWithWithdrawals = `
  select distinct clock_id as id from sla.notice where escalation_id is null and about = 'withdrawal'`;

const forgetWithdrawn = `
  delete from sla.notice where clock_id = any($1::uuid[]) and about = 'breach' and escalation_id is null`;

const forgetUntold = `
  delete from sla.notice
  where clock_id = any($1::uuid[]) and about = 'withdrawal' and escalation_id is null and not exists (
    select from sla.notice as told
    where told.clock_id = notice.clock_id and told.recipient = notice.recipient and told.channel = notice.channel
      and told.about = 'breach' and told.escalation_id is not null)`;

const forgetResolved = `
  delete from sla.notice using sla.alert
  where notice.escalation_id is null and notice.about = 'breach'
    and alert.id = notice.alert_id and alert.state = 'resolved'`;

/** A first message at once, then at most one a minute to the same recipient about the same alert. */
const makeEscalations = `
  with waiting as (
    select distinct alert_id, recipient, channel, about from sla.notice where escalation_id is null
  ), made as (
    insert into sla.escalation (id, alert_id, recipient, channel, about, created_at)
    select gen_random_uuid(), waiting.alert_id, waiting.recipient, waiting.channel, waiting.about, clock_timestamp()
    from waiting join sla.alert on alert.id = waiting.alert_id
    where (waiting.about = 'withdrawal'
        or (alert.state = 'firing' and alert.acked_at is null and alert.silenced_at is null))
      and not exists (
        select from sla.escalation
        where escalation.alert_id = waiting.alert_id and escalation.recipient = waiting.recipient
          and escalation.channel = waiting.channel and escalation.about = waiting.about
          and escalation.created_at > clock_timestamp() - interval '60 seconds')
    returning id, alert_id, recipient, channel, about
  ), told as (
    update sla.notice set escalation_id = made.id from made
    where notice.escalation_id is null and notice.alert_id = made.alert_id and notice.recipient = made.recipient
      and notice.channel = made.channel and notice.about = made.about
  )
  select id from made`;

const resolveAnswered = `
  update sla.alert set state = 'resolved', resolved_at = clock_timestamp(), resolved_by = 'sla-watchdog'
  where id in (
    select id from sla.alert where state = 'firing' and not exists (
      select from sla.alert_breach join sla.clock on clock.id = alert_breach.clock_id
      where alert_breach.alert_id = alert.id and clock.settled_at is null)
    for update skip locked)`;

const alertColumns = `
  alert.id, alert.kind, nullif(alert.team, '') as team, alert.state, alert.breaches,
  (select count(*) from sla.alert_breach join sla.clock on clock.id = alert_breach.clock_id
   where alert_breach.alert_id = alert.id and clock.settled_at is null) as unanswered,
  alert.opened_at as "openedAt", alert.last_breach_at as "lastBreachAt", alert.acked_at as "ackedAt",
  alert.acked_by as "ackedBy", alert.silenced_at as "silencedAt", alert.silenced_by as "silencedBy",
  alert.resolved_at as "resolvedAt", alert.resolved_by as "resolvedBy",
  coalesce((
    select json_agg(json_build_object('recipient', recipient, 'channel', channel, 'about', about, 'state', state,
      'createdAt', sla.iso(created_at), 'sentAt', sla.iso(sent_at), 'receipt', receipt) order by created_at)
    from (select * from sla.escalation where alert_id = alert.id order by created_at desc limit 100) as latest),
    '[]') as escalations`;

/** Alerts, who is to be told, and who was. Nothing here may wait for the log's lock: a firing holds it and waits for these rows. */
export class AlertRepository {
  constructor(private readonly db: Db) {}

  async colleagues(tx: Tx): Promise<Colleague[]> {
    return tx.query<Colleague>('select member, team, role from sla.member where active order by member');
  }

  /** Breaches join the firing alert of their milestone and team, or open it. */
  async raise(tx: Tx, raised: readonly RaisedBreach[]): Promise<void> {
    if (raised.length === 0) return;
    const groups = [...Map.groupBy(raised, (breach) => groupOf(breach.milestone, breach.team)).values()];
    const alerts = await tx.query<{ id: string; kind: string; team: string }>(upsertAlerts, [
      groups.map(([first]) => first?.milestone ?? null),
      groups.map(([first]) => first?.team ?? ''),
      groups.map((breaches) => breaches.filter(({ isNew }) => isNew).length),
      groups.map(([first]) => first?.at ?? null),
    ]);
    const ids = new Map(alerts.map((alert) => [`${alert.kind}/${alert.team}`, alert.id]));
    const joining = raised.map((breach) => ({
      breach,
      alertId: ids.get(groupOf(breach.milestone, breach.team)) ?? null,
    }));
    const notices = joining.flatMap(({ breach, alertId }) =>
      breach.recipients.map((recipient) => ({ breach, alertId, recipient })),
    );
    await tx.execute(insertNotices, [
      joining.map(({ alertId }) => alertId),
      joining.map(({ breach }) => breach.clockId),
      notices.map(({ alertId }) => alertId),
      notices.map(({ breach }) => breach.clockId),
      notices.map(({ breach }) => breach.step),
      notices.map(({ recipient }) => recipient.recipient),
      notices.map(({ recipient }) => recipient.channel),
    ]);
  }

  async withdraw(tx: Tx, clockIds: readonly ClockId[]): Promise<void> {
    if (clockIds.length > 0) await tx.execute(insertWithdrawals, [clockIds]);
  }

  /** Whether a look at the alerts could change anything. */
  async isQuiet(): Promise<boolean> {
    const [row] = await this.db.query<{ busy: boolean }>(
      `select exists (select from sla.notice where escalation_id is null)
         or exists (select from sla.alert where state = 'firing') as busy`,
    );
    return row?.busy !== true;
  }

  /** Makes messages of what waits to be told. @returns their ids; none while another process does the same. */
  async post(tx: Tx): Promise<string[]> {
    const [lock] = await tx.query<{ isOurs: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('sla.alert', 1763800004)) as "isOurs"`,
    );
    if (lock?.isOurs !== true) return [];
    const withdrawn = await tx.query<{ id: ClockId }>(clocksWithWithdrawals);
    if (withdrawn.length > 0) {
      const ids = withdrawn.map(({ id }) => id);
      await tx.execute(forgetWithdrawn, [ids]);
      await tx.execute(forgetUntold, [ids]);
    }
    const made = await tx.query<{ id: string }>(makeEscalations);
    return made.map(({ id }) => id);
  }

  /** Resolves alerts whose breaches are all answered, withdrawn or void. @returns how many. */
  async resolve(tx: Tx): Promise<number> {
    const resolved = await tx.execute(resolveAnswered);
    if (resolved > 0) await tx.execute(forgetResolved);
    return resolved;
  }

  /** Messages that should have been sent by now. */
  async overdue(): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select id from sla.escalation
       where state = 'pending' and created_at < now() - interval '60 seconds' order by created_at limit 500`,
    );
    return rows.map(({ id }) => id);
  }

  async escalation(id: string): Promise<Escalation | null> {
    const [row] = await this.db.query<Escalation>(
      `select escalation.id, escalation.alert_id as "alertId", escalation.recipient, escalation.channel, escalation.about,
         escalation.state, escalation.created_at as "createdAt", alert.kind, nullif(alert.team, '') as team,
         case when member.active then member.email end as email, calendar.calendar ->> 'timeZone' as "timeZone"
       from sla.escalation join sla.alert on alert.id = escalation.alert_id
       left join sla.member on member.member = escalation.recipient
       left join sla.calendar on calendar.id = member.calendar_id
       where escalation.id = $1`,
      [id],
    );
    return row ?? null;
  }

  async lines(escalationId: string): Promise<LetterLine[]> {
    return this.db.query<LetterLine & { leadId: LeadId }>(
      `select distinct on (clock.due_at, clock.id) notice.about, clock.lead_id as "leadId", clock.milestone,
         clock.member as owner, clock.due_at as "dueAt", clock.breached_at as "breachedAt",
         coalesce(clock.met_at, clock.answered_at) as "answeredAt"
       from sla.notice join sla.clock on clock.id = notice.clock_id
       where notice.escalation_id = $1 order by clock.due_at, clock.id`,
      [escalationId],
    );
  }

  async settle(escalationId: string, state: 'sent' | 'failed', receipt: string): Promise<void> {
    await this.db.query(
      `update sla.escalation set state = $2, receipt = $3, sent_at = case when $2 = 'sent' then clock_timestamp() end
       where id = $1 and state = 'pending'`,
      [escalationId, state, receipt],
    );
  }

  /** Newest first, from after the cursor's alert on. */
  async list(filter: {
    state: 'firing' | 'resolved' | null;
    limit: number;
    after: readonly [string, string] | null;
  }): Promise<AlertView[]> {
    return this.db.query<AlertView>(
      `select ${alertColumns} from sla.alert
       where ($1::text is null or alert.state = $1)
         and ($2::timestamptz is null or (alert.opened_at, alert.id) < ($2::timestamptz, $3::uuid))
       order by alert.opened_at desc, alert.id desc limit $4`,
      [filter.state, filter.after?.[0] ?? null, filter.after?.[1] ?? null, filter.limit],
    );
  }

  /** @returns null when there is no such alert. */
  async act(tx: Tx, id: string, verb: 'ack' | 'silence' | 'resolve', by: string): Promise<AlertView | null> {
    await tx.execute(acts[verb], [id, by]);
    const [row] = await tx.query<AlertView>(`select ${alertColumns} from sla.alert where alert.id = $1`, [id]);
    return row ?? null;
  }
}

/** An alert that is over stays as it ended; an act that is repeated keeps its first time. */
const acts = {
  ack: `update sla.alert set acked_at = clock_timestamp(), acked_by = $2
        where id = $1 and state = 'firing' and acked_at is null`,
  silence: `update sla.alert set silenced_at = clock_timestamp(), silenced_by = $2
            where id = $1 and state = 'firing' and silenced_at is null`,
  resolve: `update sla.alert set state = 'resolved', resolved_at = clock_timestamp(), resolved_by = $2
            where id = $1 and state = 'firing'`,
} as const;

function groupOf(milestone: string, team: string | null): string {
  return `${milestone}/${team ?? ''}`;
}
