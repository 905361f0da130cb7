import { expect, it } from '@jest/globals';
import { at, minutes } from '../../test/a-clock.js';
import { writeLetter } from './write-letter.js';
import type { LetterLine } from './write-letter.js';

const reader = { publicUrl: 'https://leads.example.org', timeZone: 'Europe/Paris', toldAt: at(minutes(44)) };
const line = (over: Partial<LetterLine> = {}): LetterLine =>
  ({
    about: 'breach',
    leadId: '00000000-0000-4000-8000-000000000002',
    milestone: 'first-follow-up',
    owner: 'lea',
    dueAt: at(minutes(30)),
    breachedAt: at(minutes(30)),
    answeredAt: null,
    ...over,
  }) as LetterLine;
const group = { milestone: 'first-follow-up', team: 'north' as never };

it('names the lead by its link, its owner, when it was due and how late it is', () => {
  const letter = writeLetter(group, [line()], reader);
  expect(letter.subject).toBe('Promise broken: first-follow-up, team north (1 lead)');
  expect(letter.text).toContain('https://leads.example.org/leads/00000000-0000-4000-8000-000000000002');
  expect(letter.text).toMatch(/owner lea; due 23 Nov 2026, 11:30:00 \(Europe\/Paris\); unanswered, 14 min late/);
});

it('tells that a breach was none', () => {
  const letter = writeLetter(group, [line({ about: 'withdrawal', answeredAt: at(minutes(29)) })], reader);
  expect(letter.subject).toBe('Promise kept after all: first-follow-up, team north (1 lead)');
  expect(letter.text).toContain('answered 23 Nov 2026, 11:29:00 (Europe/Paris)');
});

it('tells a storm by its number', () => {
  const letter = writeLetter(
    group,
    Array.from({ length: 500 }, () => line()),
    reader,
  );
  expect(letter.subject).toContain('(500 leads)');
  expect(letter.text.match(/\/leads\//g)).toHaveLength(50);
  expect(letter.text).toContain('and 450 more');
});
