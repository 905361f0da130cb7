import type { Company, Consent, LeadFacts, LeadRequest, Person, SourceKey } from '@relance/lead';

/** A value that somebody gave and that does not stand in the facts. */
export interface Alternative {
  /** Of the facts: `person.phone`. */
  readonly path: string;
  readonly value: string | number | boolean;
  readonly at: string;
  readonly sourceKey: SourceKey;
}

/** What is known of a lead. */
export interface KnownLead {
  readonly facts: LeadFacts;
  /** Newest last, at most fifty. */
  readonly alternatives: readonly Alternative[];
}

/** Anybody can fill in a form as anybody else; a platform or an import vouches for what it says. */
export type Trust = 'public' | 'vouched';

const mostAlternatives = 50;
const mostAnswers = 200;
const mostConsents = 20;

/**
 * Adds a submission to what is known of a lead.
 *
 * About who they are, a public form fills what is empty; what contradicts is kept beside as an alternative, since a
 * stranger who knows an address must not be able to change a phone number. A company that contradicts by name or domain
 * is another company: nothing of it fills ours. What a platform or an import vouches for replaces.
 * What they ask for now is always the newest; consents hold the latest word per purpose; the first touch stays.
 * A test says nothing about a real lead, and a real submission replaces what tests had said: a lead is a test only
 * when all its submissions are.
 */
export function joinFacts(known: KnownLead, said: LeadFacts, trust: Trust): KnownLead {
  if (said.test && !known.facts.test) return known;
  const replaces = trust === 'vouched' || (known.facts.test && !said.test);
  const beside: Alternative[] = [];
  const person = joinSection('person', known.facts.person, said.person, replaces, beside, said);
  const company = joinCompany(known.facts.company, said, replaces, beside);
  const { emailKind: _emailKind, ...named } = person;
  const keepsEmail = person.email === known.facts.person.email;
  const emailKind = keepsEmail ? known.facts.person.emailKind : said.person.emailKind;
  const joined: LeadFacts = {
    person: { ...named, ...(emailKind === undefined ? {} : { emailKind }) },
    company,
    request: joinRequests(known.facts.request, said.request),
    attribution: joinAttributions(known.facts, said),
    consents: joinConsents(known.facts.consents, said.consents),
    test: known.facts.test && said.test,
    occurredAt: said.occurredAt,
    receivedAt: said.receivedAt,
  };
  const flagged = stillFlagged(joined, known.facts, said);
  return {
    facts: flagged.length === 0 ? joined : { ...joined, flagged },
    alternatives: addAlternatives(known.alternatives, beside),
  };
}

function joinSection<Section extends Person | Company>(
  name: 'person' | 'company',
  known: Section,
  said: Section,
  replaces: boolean,
  beside: Alternative[],
  facts: LeadFacts,
): Section {
  const joined: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(said) as [string, string | number][]) {
    const standing = joined[field];
    if (standing === undefined || replaces) joined[field] = value;
    else if (standing !== value && field !== 'emailKind') beside.push(alternative(`${name}.${field}`, value, facts));
  }
  return joined as Section;
}

function joinCompany(known: Company, facts: LeadFacts, replaces: boolean, beside: Alternative[]): Company {
  const said = facts.company;
  const differs = (field: 'name' | 'domain'): boolean =>
    known[field] !== undefined && said[field] !== undefined && known[field].toLowerCase() !== said[field].toLowerCase();
  if (replaces || !(differs('name') || differs('domain')))
    return joinSection('company', known, said, replaces, beside, facts);
  for (const [field, value] of Object.entries(said) as [keyof Company, string | number][]) {
    if (known[field] !== value) beside.push(alternative(`company.${field}`, value, facts));
  }
  return known;
}

function alternative(path: string, value: string | number, facts: LeadFacts): Alternative {
  return { path, value, at: facts.receivedAt, sourceKey: facts.attribution.sourceKey };
}

function joinRequests(known: LeadRequest, said: LeadRequest): LeadRequest {
  const answers = new Map(
    [...(known.answers ?? []), ...(said.answers ?? [])].map(({ question, answer }) => [question, answer]),
  );
  return {
    ...known,
    ...said,
    ...(answers.size === 0
      ? {}
      : { answers: [...answers].slice(-mostAnswers).map(([question, answer]) => ({ question, answer })) }),
  };
}

function joinAttributions(known: LeadFacts, said: LeadFacts): LeadFacts['attribution'] {
  return {
    ...said.attribution,
    ...known.attribution,
    ...(said.attribution.lastTouch === undefined ? {} : { lastTouch: said.attribution.lastTouch }),
  };
}

function joinConsents(known: readonly Consent[], said: readonly Consent[]): Consent[] {
  const latest = new Map([...known, ...said].map((consent) => [consent.purpose, consent]));
  return [...latest.values()].slice(-mostConsents);
}

function stillFlagged(joined: LeadFacts, known: LeadFacts, said: LeadFacts): string[] {
  const of = (facts: LeadFacts, path: string): unknown => {
    const [section, field] = path.split('.') as ['person' | 'company', string];
    return (facts[section] as Record<string, unknown>)[field];
  };
  const stands =
    (facts: LeadFacts) =>
    (path: string): boolean =>
      of(joined, path) === of(facts, path);
  return [...new Set([...(known.flagged ?? []).filter(stands(known)), ...(said.flagged ?? []).filter(stands(said))])];
}

function addAlternatives(known: readonly Alternative[], beside: readonly Alternative[]): readonly Alternative[] {
  if (beside.length === 0) return known;
  const isKnown = (candidate: Alternative): boolean =>
    known.some((standing) => standing.path === candidate.path && standing.value === candidate.value);
  return [...known, ...beside.filter((candidate) => !isKnown(candidate))].slice(-mostAlternatives);
}
