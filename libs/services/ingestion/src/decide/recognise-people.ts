import { areCompatibleNames, nameOf } from './compatible-names.js';
import type { Named } from './compatible-names.js';
import type { LeadId } from '@relance/lead';

/** One submission, as far as it says who somebody is. */
export interface Claimant {
  /** The lead it makes when nobody is known by these details. */
  readonly leadId: LeadId;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly person: Named;
}

/** A lead that can be reached at a phone number. */
export interface PhoneOwner {
  readonly leadId: LeadId;
  readonly hasEmail: boolean;
  readonly person: Named;
}

export interface KnownPeople {
  readonly emails: ReadonlyMap<string, LeadId>;
  readonly phones: ReadonlyMap<string, readonly PhoneOwner[]>;
}

/**
 * Says whose lead each submission belongs to, in the order they came: the lead with the same e-mail address; else the
 * oldest one with the same phone number and a compatible name; else a new one.
 *
 * A switchboard's number is many people's. Where both have an e-mail address and the two differ, both must have given
 * a name; where one has none, a missing name contradicts nothing.
 */
export function recognisePeople(claimants: readonly Claimant[], known: KnownPeople): LeadId[] {
  const emails = new Map(known.emails);
  const phones = new Map(known.phones);
  return claimants.map((claimant) => {
    const leadId = leadOf(claimant, emails, phones);
    if (claimant.email !== undefined && !emails.has(claimant.email)) emails.set(claimant.email, leadId);
    if (claimant.phone !== undefined)
      phones.set(claimant.phone, withOwner(phones.get(claimant.phone) ?? [], claimant, leadId));
    return leadId;
  });
}

function leadOf(
  claimant: Claimant,
  emails: ReadonlyMap<string, LeadId>,
  phones: ReadonlyMap<string, readonly PhoneOwner[]>,
): LeadId {
  const byEmail = claimant.email === undefined ? undefined : emails.get(claimant.email);
  if (byEmail !== undefined) return byEmail;
  const owners = claimant.phone === undefined ? [] : (phones.get(claimant.phone) ?? []);
  const same = owners.filter((owner) => maySame(claimant, owner)).map((owner) => owner.leadId);
  return same.sort()[0] ?? claimant.leadId;
}

function maySame(claimant: Claimant, owner: PhoneOwner): boolean {
  const [one, other] = [nameOf(claimant.person), nameOf(owner.person)];
  if (one !== null && other !== null) return areCompatibleNames(one, other);
  return claimant.email === undefined || !owner.hasEmail;
}

function withOwner(owners: readonly PhoneOwner[], claimant: Claimant, leadId: LeadId): readonly PhoneOwner[] {
  const standing = owners.find((owner) => owner.leadId === leadId);
  if (!standing) return [...owners, { leadId, hasEmail: claimant.email !== undefined, person: claimant.person }];
  const person = nameOf(standing.person) === null ? claimant.person : standing.person;
  const hasEmail = standing.hasEmail || claimant.email !== undefined;
  return owners.map((owner) => (owner === standing ? { leadId, hasEmail, person } : owner));
}
