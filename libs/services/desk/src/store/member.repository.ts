import type { Envelope, MemberChanged } from '@relance/events';
import type { Tx } from '@relance/postgres';

/** Names and teams of the people who own leads. */
export class MemberRepository {
  async keep(tx: Tx, events: readonly Envelope<MemberChanged>[]): Promise<void> {
    await tx.execute(
      `insert into desk.member as known (member, revision, name, team)
       select * from unnest($1::text[], $2::int[], $3::text[], $4::text[])
       on conflict (member) do update set revision = excluded.revision, name = excluded.name, team = excluded.team
         where known.revision < excluded.revision`,
      [
        events.map((event) => event.data.member),
        events.map((event) => event.data.revision),
        events.map((event) => event.data.name),
        events.map((event) => event.data.team),
      ],
    );
  }
}
