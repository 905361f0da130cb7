import { Injectable } from '@nestjs/common';
import type { Starter } from '@relance/bootstrap';
import type { MemberKey, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { memberInputSchema } from '../http/inputs.js';
import { ruleBookSchema } from '../decide/rule-book.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import { PeopleRepository } from '../store/people.repository.js';
import { RuleBookRepository } from '../store/rule-book.repository.js';
import { People } from './people.js';

const starters = [
  { key: 'lea', name: 'Léa', role: 'rep' },
  { key: 'marc', name: 'Marc', role: 'rep' },
  { key: 'ines', name: 'Inès', role: 'rep' },
  { key: 'sofia', name: 'Sofia', role: 'manager' },
];

/** What a new installation begins with: one team at work always, three reps and a manager, one rule for everyone. */
@Injectable()
export class StarterRouting implements Starter {
  constructor(
    private readonly people: People,
    private readonly stored: PeopleRepository,
    private readonly books: RuleBookRepository,
    private readonly organisations: OrganisationRepository,
  ) {}

  async seed(tx: Tx): Promise<void> {
    await this.stored.lock(tx);
    if (!(await this.stored.isEmpty(tx))) return;
    await this.people.saveTeam(tx, 'sales' as TeamKey, {
      name: 'Sales',
      calendar: { timeZone: 'UTC', weekly: 'always' },
    });
    for (const { key, ...member } of starters)
      await this.people.saveMember(
        tx,
        key as MemberKey,
        memberInputSchema.parse({ ...member, email: `${key}@example.org`, team: 'sales' }),
      );
    await this.books.publish(
      tx,
      ruleBookSchema.parse({
        rules: [{ key: 'everyone', when: null, then: { pool: 'sales' } }],
        pools: [{ key: 'sales', strategy: 'fair-share', members: { team: 'sales' }, whenNobody: 'hold' }],
      }),
      'routing',
    );
    await this.organisations.changed(tx);
  }
}
