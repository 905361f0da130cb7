import { randomUUID } from 'node:crypto';
import type { Db } from '@relance/postgres';

/** Puts clocks straight into the tables, each with its breach step, and answers with their ids. */
export async function seedClocks(
  db: Db,
  clocks: { count: number; dueInMs: number; spreadMs?: number },
): Promise<string[]> {
  const ids = Array.from({ length: clocks.count }, () => randomUUID());
  await db.query(
    `with fresh as (
       insert into sla.clock (id, lead_id, policy, policy_version, milestone, starts_on, assignment_id, round, member, team,
         managers, state, started_at, started_position, due_at, met_by, met_on, trust_ms, counts, explanation,
         correlation_id, caused_by)
       select id, id, 'follow-up', 1, 'first-follow-up', 'assigned', id, 1, 'lea', 'north', '{sofia}', 'open',
         now() - interval '1 hour', 0,
         date_trunc('milliseconds', now()) + make_interval(secs => ($2 + (n % greatest($3, 1))) / 1000.0),
         '{"evidence":"C"}', 'evidence', 900000, 'elapsed', 'seeded', id::text, id
       from unnest($1::uuid[]) with ordinality as asked(id, n)
       returning id, due_at)
     insert into sla.step (clock_id, step, kind, after, due_at, actions)
     select id, 0, 'breach', 'PT1H', due_at, '[{"do":"alert","to":["owner","manager"]},{"do":"reassign"}]' from fresh`,
    [ids, clocks.dueInMs, clocks.spreadMs ?? 1],
  );
  return ids;
}
