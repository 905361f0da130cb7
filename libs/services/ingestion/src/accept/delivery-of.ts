import { hash } from 'node:crypto';
import type { LeadFacts, SourceKey } from '@relance/lead';
import type { Suspicion } from '../decide/decide-suspicion.js';
import { identityOf } from '../decide/normalise-facts.js';
import type { GivenFacts } from '../decide/read-form.js';
import type { Delivery } from './submission.js';

const day = 24 * 60 * 60;
const doubleClick = 10 * 60;

/** What a sender may say to make its deliveries recognisable. */
export interface DeliveryNames {
  /** `Idempotency-Key`: kept for 24 hours. */
  readonly idempotencyKey?: string | undefined;
  /** The platform's own id of the lead: kept for ever. */
  readonly externalId?: string | undefined;
}

/**
 * What makes this delivery the same as an earlier one of its source: the key its sender chose, else the platform's id,
 * else what it says (not when, nor from which page), for ten minutes: a double click is one lead.
 */
export function deliveryOf(
  sourceKey: SourceKey,
  said: { readonly given: GivenFacts; readonly facts: LeadFacts; readonly suspicion: Suspicion | null },
  names: DeliveryNames,
): Delivery {
  const { given, facts, suspicion } = said;
  const text = JSON.stringify([
    facts.person,
    facts.company,
    given.request,
    given.attribution,
    given.consent,
    given.test,
    suspicion,
  ]);
  const content = digest('content', sourceKey, text);
  if (names.idempotencyKey !== undefined) {
    const key = digest('key', sourceKey, names.idempotencyKey);
    return { key, content, isNamed: true, keptForSeconds: day, isFoundBy: 'key' };
  }
  if (names.externalId !== undefined) {
    const key = digest('external', sourceKey, names.externalId);
    return { key, content, isNamed: false, keptForSeconds: null, isFoundBy: 'key' };
  }
  const hasAddress = identityOf(facts).email !== undefined;
  const isFoundBy = suspicion === null && hasAddress ? 'person' : 'key';
  return { key: content, content, isNamed: false, keptForSeconds: doubleClick, isFoundBy };
}

function digest(kind: 'content' | 'key' | 'external', sourceKey: string, text: string): string {
  return hash('sha256', `${kind}\n${sourceKey}\n${text}`, 'hex').slice(0, 32);
}
