import { Injectable } from '@nestjs/common';
import type { MemberKey, MemberRole, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { FrozenCalendar } from '@relance/working-time';
import { Organisation } from '../decide/organisation.js';
import type { Member, RateCap } from '../decide/organisation.js';
import { compileBook } from '../decide/rule-book.js';
import type { RuleBook } from '../decide/rule-book.js';

const readMembers = `
  select member.key, member.team, member.role, member.weight, member.open_work_cap, member.rate_caps, member.languages,
         member.named_accounts, member.active, member.available, member.returned_at,
         coalesce(member.frozen, team.frozen) as calendar
  from routing.member join routing.team on team.key = member.team`;

interface MemberRow {
  key: MemberKey;
  team: TeamKey;
  role: MemberRole;
  weight: number;
  open_work_cap: number | null;
  rate_caps: RateCap[];
  languages: string[];
  named_accounts: string[];
  active: boolean;
  available: boolean;
  returned_at: Date | null;
  calendar: FrozenCalendar;
}

/** People and rules in force. Read again when the configuration's stamp has moved; asking costs one small query. */
@Injectable()
export class OrganisationRepository {
  private kept: { stamp: number; organisation: Organisation } | null = null;

  /** The same object for as long as nothing changes. Not for a transaction that changes the configuration itself. */
  async current(tx: Tx): Promise<Organisation> {
    const [configuration] = await tx.query<{ stamp: number }>('select stamp from routing.configuration');
    const stamp = configuration?.stamp ?? 0;
    if (this.kept?.stamp === stamp) return this.kept.organisation;
    // What is read after the stamp is at least as new as it.
    const organisation = await this.read(tx);
    this.kept = { stamp, organisation };
    return organisation;
  }

  /** To be called by every transaction that changes people or rules. */
  async changed(tx: Tx): Promise<void> {
    await tx.execute('update routing.configuration set stamp = stamp + 1');
  }

  private async read(tx: Tx): Promise<Organisation> {
    const members = await tx.query<MemberRow>(readMembers);
    const [published] = await tx.query<{ version: number; book: RuleBook }>(
      'select version, book from routing.rule_book order by version desc limit 1',
    );
    return new Organisation(
      new Map(members.map((row) => [row.key, memberOf(row)])),
      compileBook(published?.version ?? 0, published?.book ?? { rules: [], pools: [] }),
    );
  }
}

function memberOf(row: MemberRow): Member {
  return {
    key: row.key,
    team: row.team,
    role: row.role,
    weight: row.weight,
    openWorkCap: row.open_work_cap,
    rateCaps: row.rate_caps,
    languages: row.languages,
    namedAccounts: row.named_accounts,
    active: row.active,
    available: row.available,
    returnedAt: row.returned_at,
    calendar: row.calendar,
  };
}
