/** The consumer group whose inbox says what this service has heard. */
const group = 'sla-watchdog';

/** Facts that can change what a clock is owed. */
const news = `'lead.contacted', 'lead.stage-changed', 'lead.assigned', 'lead.merged', 'lead.unmerged', 'lead.erased'`;

/** True for a clock whose lead, or a lead merged with it, the log holds no news of that this service has not heard. */
const quiet = (key: string, kin: string): string => `not exists (
      select from ${kin} event_log.event as news
      where news.key = ${key} and news.position > clock.started_position and news.type in (${news})
        and not exists (
          select from event_log.inbox where inbox.group_name = '${group}' and inbox.event_id = news.id)
     )`;
const isQuiet = `${quiet('clock.lead_id::text', '')}
    and ${quiet('kinship.kin_id::text and kinship.lead_id = clock.lead_id', 'sla.kinship,')}`;

/**
 * Moves due steps, each once, and returns them.
 *
 * Who is due is asked first, without any lock: an idle watchdog disturbs nobody. Then the log's lock is taken, so that
 * everything recorded before this firing can be seen, and whoever is still due and quiet is fired. Clocks that somebody
 * else works on are skipped, never waited for: whoever holds one may be waiting for the log's lock. A clock with news
 * in the log that was not heard yet is left for the next pass. The database's clock is the only one that fires.
 *
 * The function's own settings keep every question a look-up by index: on a log of some size Postgres would rather read
 * all of it.
 *
 * READ COMMITTED gives each statement of a volatile function what was committed before that statement began; so the
 * statements after the lock see all that the log holds.
 */
export const createFire = `
create function sla.fire(max_steps integer)
returns table (
  clock_id uuid, step smallint, kind text, after text, due_at timestamptz, fired_at timestamptz, actions json,
  lead_id uuid, policy text, milestone text, assignment_id uuid, round integer, holding_id uuid, member text, team text,
  managers text[], starts_on text, started_at timestamptz, clock_due_at timestamptz, met_by json,
  correlation_id text, caused_by uuid
)
language plpgsql volatile
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  moment timestamptz := clock_timestamp();
  candidates uuid[];
  taken uuid[];
begin
  select array_agg(due.clock_id) into candidates from (
    select step.clock_id from sla.step join sla.clock on clock.id = step.clock_id
    where step.state = 'waiting' and step.due_at <= moment and clock.state in ('open', 'breached')
      and ${isQuiet}
    order by step.due_at limit 200) as due;
  if candidates is null then
    return;
  end if;

  perform event_log.take_lock();
  select array_agg(locked.id) into taken from (
    select clock.id from sla.clock where clock.id = any(candidates) order by clock.id for update skip locked) as locked;
  moment := date_trunc('milliseconds', clock_timestamp());

  return query
  with due as materialized (
    select step.clock_id, step.step from sla.step join sla.clock on clock.id = step.clock_id
    where step.clock_id = any(taken) and step.state = 'waiting' and step.due_at <= moment
      and clock.state in ('open', 'breached')
      and ${isQuiet}
    order by step.due_at, step.clock_id, step.step limit least(max_steps, 200)
  ), fired as (
    update sla.step set state = 'fired', fired_at = moment from due
    where step.clock_id = due.clock_id and step.step = due.step
    returning step.clock_id, step.step, step.kind, step.after, step.due_at, step.actions
  ), broken as (
    update sla.clock set
      state = 'breached', breached_at = moment,
      lateness_ms = floor(extract(epoch from moment - clock.due_at) * 1000),
      settled_at = case when clock.answered_at is not null then moment end
    from fired where clock.id = fired.clock_id and fired.kind = 'breach'
  ), noted as (
    insert into sla.ledger (clock_id, kind, at, recorded_at, data)
    select fired.clock_id, case fired.kind when 'warn' then 'warned' when 'breach' then 'breached' else 'escalated' end,
      moment, moment, json_build_object('after', fired.after, 'dueAt', sla.iso(fired.due_at), 'actions', fired.actions)
    from fired order by fired.due_at, fired.step
  )
  select fired.clock_id, fired.step, fired.kind, fired.after, fired.due_at, moment, fired.actions,
    clock.lead_id, clock.policy, clock.milestone, clock.assignment_id, clock.round, clock.holding_id, clock.member,
    clock.team, clock.managers, clock.starts_on, clock.started_at, clock.due_at, clock.met_by,
    clock.correlation_id, clock.caused_by
  from fired join sla.clock on clock.id = fired.clock_id
  order by fired.due_at, fired.clock_id, fired.step;

  -- Answered between its due time and this pass: late, and nobody is to be told again.
  update sla.step set state = 'cancelled' from sla.clock
  where clock.id = any(taken) and clock.state = 'breached' and clock.settled_at is not null
    and step.clock_id = clock.id and step.state = 'waiting';
end
$$;`;
