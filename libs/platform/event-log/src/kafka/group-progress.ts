import type { Db, Tx } from '@relance/postgres';
import type { Group } from '../group.js';

/** Where a group stands, as the database has it. */
export interface GroupMark {
  readonly group: string;
  /** Every event of the group's types up to here is in its inbox or parked. */
  readonly position: number;
  /** Goes up with every replay. */
  readonly generation: number;
  /** Goes up whenever the relay starts again; 0 where none has run yet. */
  readonly epoch: number;
  /** Tells this log's records from those of others. */
  readonly log: string;
  /** Events before it are not handed over, though Kafka may still hold them: their notes in the inbox may be gone. */
  readonly floor: number;
}

const readMarks = `
  select reader.group_name as "group", reader.position, reader.generation, relay.log_id::text as log, case when cursor.group_name is null then 0 else relay.epoch end as epoch,
    greatest(reader.from_position, coalesce(kafka.position, 0) + 1) as floor
  from event_log.relay cross join event_log.reader
    left join event_log.reader as cursor on cursor.group_name = 'relay'
    left join event_log.reader as kafka on kafka.group_name = 'kafka'
  where reader.group_name = any($1::text[])`;

/**
 * The first event of the group's types that it has neither handled nor parked. `offset 0` keeps each look-up a look-up:
 * joined, the planner may read a whole inbox to find one row.
 */
const firstOpen = `
  select position, appended_at from event_log.event
  where position > $2 and position <= $3 and type = any($4::text[])
    and not exists (select from event_log.inbox where group_name = $1 and event_id = event.id offset 0)
    and not exists (select from event_log.dead_letter where group_name = $1 and event_id = event.id offset 0)
  order by position limit 1`;

const moveMark = `
  update event_log.reader set position = $3 where group_name = $1 and position = $2 and generation = $4 and position < $3`;

/** What is beyond the mark, less what is noted beyond it: two counts by index, where a join would be one look-up an event. */
const openEvents = `
  with mark as (select position from event_log.reader where group_name = $1)
  select
    (select count(*) from event_log.event where position > (select position from mark) and type = any($2::text[]))
    - (select count(*) from event_log.inbox where group_name = $1 and position > (select position from mark))
    - (select count(*) from event_log.dead_letter as letter where group_name = $1 and position > (select position from mark)
        and not exists (select from event_log.inbox where group_name = $1 and inbox.event_id = letter.event_id))
    as events,
    (select extract(epoch from clock_timestamp() - first.appended_at)::float8 from (
      select appended_at from event_log.event
      where position > (select position from mark) and type = any($2::text[])
        and not exists (select from event_log.inbox where group_name = $1 and event_id = event.id offset 0)
        and not exists (select from event_log.dead_letter where group_name = $1 and event_id = event.id offset 0)
      order by position limit 1) as first) as seconds`;

const newest = 'select coalesce(max(position), 0) as position from event_log.event';

/** Positions looked at in one statement. */
const window = 20_000;

/** How far the groups are, without regard to partitions: by position, from the inbox and what is parked. */
export class GroupProgress {
  constructor(private readonly db: Db) {}

  /** Makes the group known, at the beginning. */
  async enter(group: string): Promise<void> {
    await this.db.query('insert into event_log.reader (group_name, position) values ($1, 0) on conflict do nothing', [
      group,
    ]);
  }

  async marks(groups: readonly string[]): Promise<GroupMark[]> {
    return this.db.query<GroupMark>(readMarks, [groups]);
  }

  /** Moves the group's mark forward, as far as it goes. The log is trimmed behind it. */
  async move(group: Group, mark: GroupMark): Promise<void> {
    const [head] = await this.db.query<{ position: number }>(newest);
    let from = mark.position;
    while (head && from < head.position) {
      const end = Math.min(from + window, head.position);
      const [open] = await this.db.query<{ position: number }>(firstOpen, [
        group.name,
        from,
        end,
        [...group.handlers.keys()],
      ]);
      const to = open ? open.position - 1 : end;
      const expected = from;
      const moved = await this.db.transaction((tx) =>
        tx.execute(moveMark, [group.name, expected, to, mark.generation]),
      );
      if (moved === 0 || open) return;
      from = to;
    }
  }

  async lag(group: Group): Promise<{ lagEvents: number; lagSeconds: number }> {
    const [row] = await this.db.query<{ events: number; seconds: number | null }>(openEvents, [
      group.name,
      [...group.handlers.keys()],
    ]);
    return { lagEvents: Math.max(0, row?.events ?? 0), lagSeconds: Math.max(0, row?.seconds ?? 0) };
  }

  /** Holds the group's generation until the transaction ends. @returns it. */
  async hold(tx: Tx, group: string): Promise<number | null> {
    const [row] = await tx.query<{ generation: number | null }>('select event_log.hold_generation($1) as generation', [
      group,
    ]);
    return row?.generation ?? null;
  }

  /** Back to the oldest kept event, in a new generation; with the inbox emptied and `reset` run in one transaction. */
  async replay(group: string, reset: (tx: Tx, fromPosition: number) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query('select event_log.take_generation($1)', [group]);
      const [oldest] = await tx.query<{ position: number | null }>(
        'select min(position) as position from event_log.event',
      );
      const from = oldest?.position ?? 1;
      await reset(tx, from);
      await tx.execute('delete from event_log.inbox where group_name = $1', [group]);
      await tx.execute(
        'update event_log.reader set position = $2, generation = generation + 1, from_position = $3 where group_name = $1',
        [group, from - 1, from],
      );
    });
  }
}
