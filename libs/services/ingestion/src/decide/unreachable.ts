import type { FieldIssue } from '@relance/errors';
import type { LeadFacts } from '@relance/lead';
import { looksCallable } from './normalise-phone.js';
import { identityOf } from './normalise-facts.js';

/**
 * What is wrong with a form that nobody could answer: it needs an e-mail address that could be one, or a number that
 * could be dialled. A number that did not normalise will do, a person may still make sense of it.
 */
export function unreachable(facts: LeadFacts): readonly FieldIssue[] {
  const { email, phone } = facts.person;
  if (identityOf(facts).email !== undefined || (phone !== undefined && looksCallable(phone))) return [];
  const issues: FieldIssue[] = [
    email === undefined
      ? { pointer: '/email', code: 'required', message: 'give an e-mail address or a phone number' }
      : { pointer: '/email', code: 'invalid-email', message: 'is not an e-mail address' },
  ];
  if (phone !== undefined) issues.push({ pointer: '/phone', code: 'invalid-phone', message: 'is not a phone number' });
  return issues;
}
