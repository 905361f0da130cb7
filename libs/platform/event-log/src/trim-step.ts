import type { Db } from '@relance/postgres';

const stepRows = 2_000;

const trimLog = `
  delete from event_log.event where position in (
    select position from event_log.event
    where position <= (select coalesce(min(position), 0) from event_log.reader where group_name <> 'kafka')
      and appended_at < clock_timestamp() - make_interval(days => $1)
    order by position limit $2
  )`;

const trimInbox = `
  delete from event_log.inbox where (group_name, event_id) in (
    select group_name, event_id from event_log.inbox
    where position < (select coalesce(min(position), 0) from event_log.event)
      and position <= (select coalesce(min(position), 0) from event_log.reader)
    order by position limit $1
  )`;

/**
 * Forgets events older than the retention, and only where every group and the relay have passed; then what the inboxes
 * noted of them, once Kafka does not hold them either (the row 'kafka').
 * Works in small steps, so that nobody waits for it.
 *
 * @returns rows deleted.
 */
export async function trimStep(db: Db, retentionDays: number): Promise<number> {
  const events = await db.transaction((tx) => tx.execute(trimLog, [retentionDays, stepRows]));
  const noted = await db.transaction((tx) => tx.execute(trimInbox, [stepRows]));
  return events + noted;
}
