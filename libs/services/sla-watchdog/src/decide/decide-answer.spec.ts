import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aClock, aContact, at, minutes } from '../../test/a-clock.js';
import { decideAnswer, effectiveAt, findAnswer } from './decide-answer.js';
import type { ClockState, RecordedContact, SlaClock } from './sla-clock.js';

/** Folds contacts into a clock one after the other, each time all that are known, as the handlers do. */
function fold(clock: SlaClock, contacts: readonly RecordedContact[]): SlaClock {
  return contacts.reduce((folded, contact, index) => {
    const answer = findAnswer(folded, contacts.slice(0, index + 1));
    const change = answer && decideAnswer(folded, answer, contact.recordedAt);
    return change ? { ...folded, state: change.state, answeredAt: change.answeredAt } : folded;
  }, clock);
}

describe('when a contact counts as made', () => {
  it.each([
    { says: 'stated now', statedAgo: 0, counts: 'stated' },
    { says: 'stated fifteen minutes back', statedAgo: minutes(15), counts: 'stated' },
    { says: 'stated a millisecond too far back', statedAgo: minutes(15) + 1, counts: 'recorded' },
    { says: 'stated ahead of its recording', statedAgo: -1, counts: 'recorded' },
  ])('$says: the $counts time', ({ statedAgo, counts }) => {
    const recordedAt = at(minutes(40));
    const statedAt = new Date(recordedAt.getTime() - statedAgo);
    expect(effectiveAt({ statedAt, recordedAt }, minutes(15))).toEqual(counts === 'stated' ? statedAt : recordedAt);
  });
});

describe('an answer', () => {
  const open = aClock();
  const breached = aClock({ state: 'breached', breachedAt: at(minutes(30) + 5) });

  it.each<{ says: string; clock: SlaClock; contact: RecordedContact; state: ClockState | null; line?: string }>([
    { says: '29:59.9', clock: open, contact: aContact(at(minutes(30) - 100)), state: 'met', line: 'met' },
    { says: '30:00.0, on the dot', clock: open, contact: aContact(at(minutes(30))), state: 'met', line: 'met' },
    {
      says: '30:00.001, before the firing',
      clock: open,
      contact: aContact(at(minutes(30) + 1)),
      state: 'open',
      line: 'answered-late',
    },
    {
      says: 'after the firing, made in time',
      clock: breached,
      contact: aContact(at(minutes(40)), { statedAt: at(minutes(29)) }),
      state: 'withdrawn',
      line: 'withdrawn',
    },
    {
      says: 'after the firing, stated in time but too long ago to be believed',
      clock: breached,
      contact: aContact(at(minutes(46)), { statedAt: at(minutes(29)) }),
      state: 'breached',
      line: 'answered-late',
    },
    {
      says: 'after the firing, made late',
      clock: breached,
      contact: aContact(at(minutes(44)), { statedAt: at(minutes(31)) }),
      state: 'breached',
      line: 'answered-late',
    },
    {
      says: 'late once more',
      clock: { ...breached, answeredAt: at(minutes(44)) },
      contact: aContact(at(minutes(50))),
      state: null,
    },
    {
      says: 'a try where a talk was promised',
      clock: aClock({ metBy: { evidence: 'A' } }),
      contact: aContact(at(1), { grade: 'B' }),
      state: null,
    },
    {
      says: 'more than was promised',
      clock: aClock({ metBy: { evidence: 'B' } }),
      contact: aContact(at(1), { grade: 'A' }),
      state: 'met',
      line: 'met',
    },
    { says: 'on a clock that is over', clock: aClock({ state: 'stopped' }), contact: aContact(at(1)), state: null },
    {
      says: 'during a pause, after the due time that stood before it',
      clock: aClock({ state: 'paused', pausedAt: at(minutes(20)) }),
      contact: aContact(at(minutes(50))),
      state: 'met',
      line: 'met',
    },
    {
      says: 'made for the owner before, in the same round',
      clock: open,
      contact: aContact(at(minutes(1)), { statedAt: at(-minutes(5)) }),
      state: 'met',
      line: 'met',
    },
    {
      says: 'of the round before, recorded before this one',
      clock: aClock({ round: 2 }),
      contact: aContact(at(-minutes(5)), { round: 1 }),
      state: null,
    },
    {
      says: 'of a lead that was merged later, made before the start',
      clock: open,
      contact: aContact(at(-minutes(5)), { leadId: '00000000-0000-4000-8000-0000000000ff' as never }),
      state: null,
    },
  ])('$says → $state', ({ clock, contact, state, line }) => {
    const answer = findAnswer(clock, [contact]);
    const change = answer && decideAnswer(clock, answer, contact.recordedAt);
    expect(change?.state ?? null).toBe(state);
    expect(change?.line.kind).toBe(line);
  });

  it('says how late it was, and that a breach needs no further steps', () => {
    const contact = aContact(at(minutes(44)));
    const answer = findAnswer(breached, [contact]);
    const change = answer && decideAnswer(breached, answer, contact.recordedAt);
    expect(change?.line.data).toMatchObject({ lateByMs: minutes(14), by: 'lea', grade: 'C' });
    expect(change?.settledAt).toEqual(contact.recordedAt);
  });

  it('leaves an open clock to the next firing when it is late', () => {
    const contact = aContact(at(minutes(31)));
    const answer = findAnswer(open, [contact]);
    expect(answer && decideAnswer(open, answer, contact.recordedAt)?.settledAt).toBeNull();
  });
});

describe('a cadence', () => {
  const cadence = aClock({
    metBy: {
      contacts: [
        { channel: 'call', atLeast: 2 },
        { channel: 'email', atLeast: 1 },
      ],
    },
  });

  it('is met by the contact that completes it', () => {
    const made = [
      aContact(at(1)),
      aContact(at(2)),
      aContact(at(3), { channel: 'visit' }),
      aContact(at(4), { channel: 'email' }),
    ];
    expect(findAnswer(cadence, made.slice(0, 3))).toBeNull();
    expect(findAnswer(cadence, made)?.at).toEqual(at(4));
  });
});

describe('laws', () => {
  const contact = fc
    .record({
      recorded: fc.integer({ min: 0, max: 60 }),
      back: fc.integer({ min: -2, max: 20 }),
      grade: fc.constantFrom('A' as const, 'B' as const, 'C' as const),
      channel: fc.constantFrom('call' as const, 'email' as const),
      round: fc.constantFrom(1, 2),
    })
    .map(({ recorded, back, grade, channel, round }) =>
      aContact(at(minutes(recorded)), { statedAt: at(minutes(recorded - back)), grade, channel, round }),
    );
  const clock = fc.constantFrom(
    aClock(),
    aClock({ metBy: { evidence: 'B' } }),
    aClock({ metBy: { contacts: [{ channel: 'call', atLeast: 2 }] } }),
    aClock({ state: 'breached', breachedAt: at(minutes(30)) }),
  );

  it('ends the same in whatever order contacts are heard', () => {
    const shuffled = fc
      .array(contact, { maxLength: 6 })
      .chain((made) => fc.tuple(fc.constant(made), fc.shuffledSubarray(made, { minLength: made.length })));
    fc.assert(
      fc.property(clock, shuffled, (from, [made, mixed]) => {
        expect(fold(from, mixed).state).toBe(fold(from, made).state);
      }),
    );
  });

  it('changes nothing when a contact is heard again', () => {
    fc.assert(
      fc.property(clock, fc.array(contact, { maxLength: 5 }), (from, made) => {
        const once = fold(from, made);
        const answer = findAnswer(once, made);
        const again = answer && decideAnswer(once, answer, at(minutes(90)));
        expect(again?.state ?? once.state).toBe(once.state);
        if (once.state !== 'open' || once.answeredAt !== null) expect(again).toBeNull();
      }),
    );
  });

  it('is met or withdrawn exactly when a sufficient contact took effect by the due time', () => {
    fc.assert(
      fc.property(fc.array(contact, { maxLength: 6 }), fc.boolean(), (made, isFired) => {
        const from = isFired ? aClock({ state: 'breached', breachedAt: at(minutes(30)) }) : aClock();
        const isInTime = made.some((one) => effectiveAt(one, from.trustMs) <= from.dueAt);
        const kept = isFired ? 'withdrawn' : 'met';
        expect(fold(from, made).state === kept).toBe(isInTime);
      }),
    );
  });
});
