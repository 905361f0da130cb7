import { Injectable } from '@nestjs/common';
import type { Starter } from '@relance/bootstrap';
import type { PolicyKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { policySchema } from './decide/policy.js';
import { PolicyRepository } from './store/policy.repository.js';

/** The promise that a new installation starts with. */
const followUp = policySchema.parse({
  key: 'follow-up',
  when: null,
  milestones: [
    {
      key: 'first-follow-up',
      startsOn: 'assigned',
      within: 'PT30M',
      clock: 'working',
      calendar: 'owner',
      metBy: { evidence: 'C' },
      warnAfter: ['PT15M', 'PT25M'],
      onBreach: [
        { after: 'PT0S', do: 'alert', to: ['owner', 'manager'] },
        { after: 'PT0S', do: 'reassign' },
        { after: 'PT30M', do: 'alert', to: ['operators'] },
      ],
    },
    {
      key: 'never-later-than',
      startsOn: 'qualified',
      within: 'P1D',
      clock: 'elapsed',
      metBy: { evidence: 'B' },
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['operators'] }],
    },
    {
      key: 'outcome-recorded',
      startsOn: 'accepted',
      within: 'P1D',
      clock: 'working',
      calendar: 'owner',
      metBy: { stageChange: true },
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['owner', 'manager'] }],
    },
    {
      key: 'contact-cadence',
      startsOn: 'accepted',
      within: 'P14D',
      clock: 'elapsed',
      metBy: {
        contacts: [
          { channel: 'call', atLeast: 3 },
          { channel: 'email', atLeast: 3 },
        ],
      },
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['owner', 'manager'] }],
    },
    {
      key: 'taken',
      startsOn: 'held',
      within: 'PT15M',
      clock: 'elapsed',
      metBy: { assigned: true },
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['manager', 'operators'] }],
    },
  ],
});

/** Gives a new installation its first policy. Does nothing where there is one. */
@Injectable()
export class StarterSla implements Starter {
  constructor(private readonly policies: PolicyRepository) {}

  async seed(tx: Tx): Promise<void> {
    if (await this.policies.isEmpty(tx)) await this.policies.put(tx, 'follow-up' as PolicyKey, followUp, 'starter');
  }
}
