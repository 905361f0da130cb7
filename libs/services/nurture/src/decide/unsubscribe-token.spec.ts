import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EnrolmentId } from '@relance/lead';
import { enrolmentOfToken, unsubscribeKey, unsubscribeTokenOf } from './unsubscribe-token.js';

const key = unsubscribeKey(Buffer.alloc(32, 7).toString('base64'));
const otherKey = unsubscribeKey(Buffer.alloc(32, 8).toString('base64'));
const uuid = fc.uuid() as fc.Arbitrary<EnrolmentId>;

it('leads back to the enrolment it was made for, and with another key to none', () => {
  fc.assert(
    fc.property(uuid, (enrolmentId) => {
      const token = unsubscribeTokenOf(enrolmentId, key);
      expect(token).toMatch(/^[\w-]{64}$/);
      expect(enrolmentOfToken(token, key)).toBe(enrolmentId);
      expect(enrolmentOfToken(token, otherKey)).toBeNull();
    }),
  );
});

it('takes no token of which one character was changed', () => {
  fc.assert(
    fc.property(uuid, fc.nat(63), fc.constantFrom(...'AZaz09-_'), (enrolmentId, index, character) => {
      const token = unsubscribeTokenOf(enrolmentId, key);
      const changed = token.slice(0, index) + character + token.slice(index + 1);
      fc.pre(changed !== token);
      expect(enrolmentOfToken(changed, key)).toBeNull();
    }),
  );
});

it.each(['', 'x', 'A'.repeat(64), 'A'.repeat(63) + '=', 'é'.repeat(64), 'A'.repeat(65)])(
  'takes no garbage: %s',
  (token) => {
    expect(enrolmentOfToken(token, key)).toBeNull();
  },
);
