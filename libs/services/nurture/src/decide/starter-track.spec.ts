import { expect, it } from '@jest/globals';
import { trackSchema } from '@relance/api';
import type { Track } from '@relance/api';
import { starterTrack } from './starter-track.js';

const words = starterTrack.templates['welcome']!;
const withText = (text: string): Track => {
  return { ...starterTrack, templates: { welcome: { ...words, en: { subject: 'Hi', text } } } };
};
const pointersOf = (track: unknown): string[] =>
  trackSchema.safeParse(track).error?.issues.map((issue) => issue.path.join('.')) ?? [];

it('is a track like any other', () => {
  expect(trackSchema.parse(starterTrack)).toEqual(starterTrack);
});

it.each([
  { what: 'no step', track: { ...starterTrack, steps: [] }, at: 'steps' },
  { what: 'a letter that was not written', track: { ...starterTrack, templates: {} }, at: 'steps.1.email.template' },
  {
    what: 'one language only',
    track: { ...starterTrack, templates: { welcome: { en: words.en } } },
    at: 'templates.welcome.fr',
  },
  { what: 'a field that nobody knows', track: withText('Hi {{frstName}}'), at: 'templates.welcome.en.text' },
  {
    what: 'a field with a default that nobody knows',
    track: withText('Hi {{ age |x}}'),
    at: 'templates.welcome.en.text',
  },
  { what: 'a wait that is none', track: { ...starterTrack, steps: [{ wait: '1 day' }] }, at: 'steps.0' },
  { what: 'a step that is two', track: { ...starterTrack, steps: [{ wait: 'P1D', exit: true }] }, at: 'steps.0' },
])('$what is refused, at $at', ({ track, at }) => {
  expect(pointersOf(track)).toEqual([at]);
});
