import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadId } from '@relance/lead';
import { areCompatibleNames } from './compatible-names.js';
import { recognisePeople } from './recognise-people.js';
import type { Claimant, PhoneOwner } from './recognise-people.js';

const id = (name: string): LeadId => name as LeadId;
const claimant = (leadId: string, said: { email?: string; phone?: string; name?: string }): Claimant => ({
  leadId: id(leadId),
  email: said.email,
  phone: said.phone,
  person: said.name === undefined ? {} : { fullName: said.name },
});
const known = (emails: Record<string, string>, phones: Record<string, PhoneOwner[]> = {}) => ({
  emails: new Map(Object.entries(emails).map(([email, leadId]) => [email, id(leadId)])),
  phones: new Map(Object.entries(phones)),
});
const owner = (leadId: string, name: string | null, hasEmail = true): PhoneOwner => ({
  leadId: id(leadId),
  hasEmail,
  person: name === null ? {} : { fullName: name },
});

describe('whose a submission is', () => {
  it.each([
    ['nobody is known', { email: 'a@x.org' }, known({}), 'new'],
    ['the same e-mail', { email: 'a@x.org' }, known({ 'a@x.org': 'L1' }), 'L1'],
    [
      'the same phone, the same name',
      { phone: '+1', name: 'Ada Lovelace' },
      known({}, { '+1': [owner('L1', 'Ada Lovelace')] }),
      'L1',
    ],
    [
      'the same phone, a compatible name, another e-mail',
      { email: 'b@x.org', phone: '+1', name: 'ada l.' },
      known({}, { '+1': [owner('L1', 'Ada Lovelace')] }),
      'L1',
    ],
    [
      'the same phone, another name',
      { phone: '+1', name: 'Alan Turing' },
      known({}, { '+1': [owner('L1', 'Ada Lovelace')] }),
      'new',
    ],
    [
      'a switchboard: another e-mail and no name',
      { email: 'b@x.org', phone: '+1' },
      known({}, { '+1': [owner('L1', 'Ada Lovelace')] }),
      'new',
    ],
    [
      'the same phone, nothing that contradicts',
      { phone: '+1' },
      known({}, { '+1': [owner('L1', 'Ada Lovelace')] }),
      'L1',
    ],
    [
      'an e-mail for a lead without one',
      { email: 'a@x.org', phone: '+1' },
      known({}, { '+1': [owner('L1', null, false)] }),
      'L1',
    ],
    [
      'e-mail goes before phone',
      { email: 'a@x.org', phone: '+1', name: 'Ada' },
      known({ 'a@x.org': 'L2' }, { '+1': [owner('L1', 'Ada')] }),
      'L2',
    ],
    [
      'the oldest of several',
      { phone: '+1', name: 'Ada' },
      known({}, { '+1': [owner('L2', 'Ada'), owner('L1', 'Ada'), owner('L0', 'Alan')] }),
      'L1',
    ],
  ])('%s', (_what, said, people, leadId) => {
    expect(recognisePeople([claimant('new', said)], people)).toEqual([leadId]);
  });

  it('knows those who came a moment earlier in the same batch', () => {
    const claimants = [
      claimant('n1', { email: 'a@x.org', phone: '+1', name: 'Ada L' }),
      claimant('n2', { email: 'a@x.org' }),
      claimant('n3', { email: 'b@x.org', phone: '+1', name: 'Ada L' }),
      claimant('n4', { email: 'b@x.org' }),
      claimant('n5', { email: 'c@x.org' }),
    ];
    expect(recognisePeople(claimants, known({}))).toEqual(['n1', 'n1', 'n1', 'n1', 'n5']);
    expect(recognisePeople(claimants, known({ 'a@x.org': 'L' }))).toEqual(['L', 'L', 'L', 'L', 'n5']);
  });

  it('gives one lead to each person, however their submissions are cut into batches', () => {
    const person = fc.integer({ min: 0, max: 4 });
    const submissions = fc.array(fc.record({ person, details: fc.constantFrom('email', 'phone', 'both') }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(submissions, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (said, sizes) => {
        const emails = new Map<string, LeadId>();
        const phones = new Map<string, PhoneOwner[]>();
        const leadsOf = new Map<number, Set<LeadId>>();
        for (let at = 0, batch = 0; at < said.length; batch++) {
          const size = sizes[batch % sizes.length] ?? 1;
          // Everybody gives both the first time, so that either recognises them later.
          const claimants = said.slice(at, at + size).map(({ person: who, details }, index) => {
            const isFirst = said.findIndex((other) => other.person === who) === at + index;
            return claimant(`n${at + index}`, {
              ...(isFirst || details !== 'phone' ? { email: `p${who}@x.org` } : {}),
              ...(isFirst || details !== 'email' ? { phone: `+${who}`, name: `Person ${who}` } : {}),
            });
          });
          recognisePeople(claimants, { emails, phones }).forEach((leadId, index) => {
            const { email, phone, person: named } = claimants[index] as Claimant;
            const who = (said[at + index] as { person: number }).person;
            leadsOf.set(who, (leadsOf.get(who) ?? new Set()).add(leadId));
            if (email) emails.set(email, leadId);
            if (phone)
              phones.set(phone, [
                ...(phones.get(phone) ?? []).filter((each) => each.leadId !== leadId),
                { leadId, hasEmail: true, person: named },
              ]);
          });
          at += size;
        }
        for (const leads of leadsOf.values()) expect(leads.size).toBe(1);
        expect(new Set([...leadsOf.values()].flatMap((leads) => [...leads])).size).toBe(leadsOf.size);
      }),
    );
  });
});

describe('names that may be one person’s', () => {
  it.each([
    ['Ada Lovelace', 'ada lovelace', true],
    ['Ada Lovelace', 'Lovelace, Ada', true],
    ['Ada L', 'Ada Lovelace', true],
    ['A. Lovelace', 'Ada Lovelace', true],
    ['Zoë Müller', 'Zoe Muller', true],
    ['Ada', 'Ada King Lovelace', true],
    ['Ada Lovelace', 'Alan Lovelace', false],
    ['A L', 'Ada Lovelace', false],
    ['Ada Lovelace', 'Alan Turing', false],
    ['', 'Ada', false],
    ['李雷', '李雷', true],
  ])('%p and %p: %p', (one, other, isCompatible) => {
    expect(areCompatibleNames(one, other)).toBe(isCompatible);
    expect(areCompatibleNames(other, one)).toBe(isCompatible);
  });
});
