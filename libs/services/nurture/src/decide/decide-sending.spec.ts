import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Consent } from '@relance/lead';
import { decideSending } from './decide-sending.js';
import type { SendingFacts, SendingPolicy } from './decide-sending.js';

const policy: SendingPolicy = { legalGround: 'consent', lettersPerDay: 1, lettersPerWeek: 2 };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A Wednesday, 11:00 in Paris. */
const now = new Date('2026-11-25T10:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);

const consent = (granted: boolean, at = '2026-11-01T00:00:00Z', purpose = 'marketing'): Consent => {
  return { purpose, granted, at };
};
const mayBeWrittenTo: SendingFacts = {
  consents: [consent(true)],
  isSuppressed: false,
  sentAt: [],
  hasOpenAssignment: false,
  lastContactAt: null,
};

describe('the guards', () => {
  it.each([
    { what: 'nothing against it', facts: {}, guard: null, retryAt: null },
    { what: 'no consent', facts: { consents: [] }, guard: 'no-consent', retryAt: null },
    {
      what: 'consent for something else',
      facts: { consents: [consent(true, undefined, 'telephone')] },
      guard: 'no-consent',
      retryAt: null,
    },
    {
      what: 'consent taken back',
      facts: { consents: [consent(false, '2026-11-02T00:00:00Z'), consent(true)] },
      guard: 'no-consent',
      retryAt: null,
    },
    {
      what: 'consent given again',
      facts: { consents: [consent(true, '2026-11-02T00:00:00Z'), consent(false)] },
      guard: null,
      retryAt: null,
    },
    { what: 'a suppressed address', facts: { isSuppressed: true }, guard: 'suppressed', retryAt: null },
    {
      what: 'a colleague who owns the lead',
      facts: { hasOpenAssignment: true },
      guard: 'open-assignment',
      retryAt: '2026-11-26T10:00:00.000Z',
    },
    {
      what: 'a contact four days ago',
      facts: { lastContactAt: ago(4 * dayMs) },
      guard: 'human-contact',
      retryAt: '2026-11-26T10:00:00.000Z',
    },
    { what: 'a contact five days ago', facts: { lastContactAt: ago(5 * dayMs) }, guard: null, retryAt: null },
    {
      what: 'a letter an hour ago',
      facts: { sentAt: [ago(hourMs)] },
      guard: 'frequency-cap',
      retryAt: '2026-11-26T09:00:00.000Z',
    },
    { what: 'a letter a day ago', facts: { sentAt: [ago(dayMs)] }, guard: null, retryAt: null },
    {
      what: 'two letters this week, free again on a Sunday',
      facts: { sentAt: [ago(2 * dayMs), ago(3 * dayMs)] },
      guard: 'frequency-cap',
      retryAt: '2026-11-30T08:00:00.000Z',
    },
    {
      what: 'two letters, one a week old',
      facts: { sentAt: [ago(2 * dayMs), ago(7 * dayMs)] },
      guard: null,
      retryAt: null,
    },
  ])('$what: $guard, again at $retryAt', ({ facts, guard, retryAt }) => {
    const decision = decideSending({ ...mayBeWrittenTo, ...facts }, policy, 'Europe/Paris', now);
    const expected =
      guard === null ? { kind: 'send' } : { kind: 'refuse', guard, retryAt: retryAt && new Date(retryAt) };
    expect(decision).toEqual(expected);
  });

  it.each([
    { consents: [], kind: 'send' },
    { consents: [consent(false)], kind: 'refuse' },
  ])('another ground needs no consent, and does not outweigh a no: $kind', ({ consents, kind }) => {
    const ground = { ...policy, legalGround: 'legitimate-interest' as const };
    expect(decideSending({ ...mayBeWrittenTo, consents }, ground, 'UTC', now)).toMatchObject({ kind });
  });

  it.each([
    { at: '2026-11-29T22:59:00Z', says: 'Monday 08:59', retryAt: '2026-11-29T23:00:00.000Z' },
    { at: '2026-11-29T23:00:00Z', says: 'Monday 09:00', retryAt: null },
    { at: '2026-11-27T07:59:00Z', says: 'Friday 17:59', retryAt: null },
    { at: '2026-11-27T08:00:00Z', says: 'Friday 18:00', retryAt: '2026-11-29T23:00:00.000Z' },
    {
      at: '2026-11-27T15:00:00Z',
      says: 'Saturday 01:00, while it is Friday in London',
      retryAt: '2026-11-29T23:00:00.000Z',
    },
  ])('Monday to Friday is Monday to Friday there (UTC+10): $says', ({ at, retryAt }) => {
    const decision = decideSending(mayBeWrittenTo, policy, 'Pacific/Guam', new Date(at));
    const held = { kind: 'refuse', guard: 'quiet-hours', retryAt: retryAt && new Date(retryAt) };
    expect(decision).toEqual(retryAt === null ? { kind: 'send' } : held);
  });
});

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const instant = fc.date({ min: new Date('2024-01-01Z'), max: new Date('2034-01-01Z'), noInvalidDate: true });

describe('the laws of sending', () => {
  it('never sends in the night or at the weekend of the lead, in any zone', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        fc.pre(decideSending(mayBeWrittenTo, policy, timeZone, at).kind === 'send');
        const there = new Intl.DateTimeFormat('en-GB', {
          timeZone,
          weekday: 'short',
          hour: '2-digit',
          hourCycle: 'h23',
        });
        const parts = Object.fromEntries(there.formatToParts(at).map(({ type, value }) => [type, value]));
        expect(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']).toContain(parts['weekday']);
        expect(Number(parts['hour'])).toBeGreaterThanOrEqual(9);
        expect(Number(parts['hour'])).toBeLessThan(18);
      }),
      { numRuns: 500 },
    );
  });

  it('never sends more than its caps, however often it is asked', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 30 * 60 }), { minLength: 20, maxLength: 120 });
    const caps = fc.record({
      lettersPerDay: fc.integer({ min: 1, max: 3 }),
      lettersPerWeek: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(zone, instant, gaps, caps, (timeZone, start, minutes, { lettersPerDay, lettersPerWeek }) => {
        const sentAt: Date[] = [];
        let at = start.getTime();
        for (const gap of minutes) {
          at += gap * 60_000;
          const facts = { ...mayBeWrittenTo, sentAt: sentAt.filter((sent) => sent.getTime() > at - 7 * dayMs) };
          const decision = decideSending(facts, { ...policy, lettersPerDay, lettersPerWeek }, timeZone, new Date(at));
          if (decision.kind === 'send') sentAt.push(new Date(at));
        }
        const within = (windowMs: number): number =>
          Math.max(
            0,
            ...sentAt.map(
              (from) => sentAt.filter((sent) => sent >= from && sent.getTime() < from.getTime() + windowMs).length,
            ),
          );
        expect(within(dayMs)).toBeLessThanOrEqual(lettersPerDay);
        expect(within(7 * dayMs)).toBeLessThanOrEqual(lettersPerWeek);
      }),
      { numRuns: 100 },
    );
  });

  it('sends when it said it would try again, if nothing happened since', () => {
    const past = fc.integer({ min: 0, max: 7 * dayMs });
    fc.assert(
      fc.property(zone, instant, fc.array(past, { maxLength: 4 }), fc.option(past), (timeZone, at, sent, contact) => {
        const before = (ms: number): Date => new Date(at.getTime() - ms);
        const facts = {
          ...mayBeWrittenTo,
          sentAt: sent.map(before),
          lastContactAt: contact === null ? null : before(contact),
        };
        let asked = at;
        let decision = decideSending(facts, policy, timeZone, asked);
        for (let tries = 0; decision.kind === 'refuse' && tries < 3; tries++) {
          expect(decision.retryAt?.getTime()).toBeGreaterThan(asked.getTime());
          asked = decision.retryAt ?? asked;
          decision = decideSending(facts, policy, timeZone, asked);
        }
        expect(decision).toEqual({ kind: 'send' });
      }),
      { numRuns: 200 },
    );
  });
});
