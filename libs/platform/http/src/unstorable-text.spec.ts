import { describe, expect, it } from '@jest/globals';
import { unstorableTextIn } from './unstorable-text.js';

describe('text that no database keeps', () => {
  it.each([
    ['a NUL', { name: 'a\0b' }, '/name'],
    ['a NUL in a list', { items: ['a', { note: '\0' }] }, '/items/1/note'],
    ['half a pair', { name: 'a\ud800b' }, '/name'],
    ['a NUL in a name', { settings: { 'a\0': 1 } }, '/settings'],
    ['a name that a pointer escapes', { 'a/b~c': '\0' }, '/a~1b~0c'],
    ['nothing but a NUL', '\0', ''],
  ])('is found: %s', (_what, value, pointer) => {
    expect(unstorableTextIn(value)).toBe(pointer);
  });

  it.each([[{ name: 'Zoë 💥', list: [1, null, true] }], ['text'], [null], [undefined], [7]])(
    'is not found in %j',
    (value) => {
      expect(unstorableTextIn(value)).toBeNull();
    },
  );

  it('is looked for however deep the value is', () => {
    let deep: unknown = '\0';
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(unstorableTextIn(deep)).toHaveLength(200_000);
  });
});
