import { describe, expect, it } from '@jest/globals';
import { checkIfMatch } from './etag.js';

describe('If-Match', () => {
  it.each([
    [undefined, 3, true],
    [undefined, null, true],
    ['"3"', 3, true],
    ['W/"3"', 3, true],
    ['"2", "3"', 3, true],
    ['"2"', 3, false],
    ['3', 3, false],
    ['"3"', null, false],
    ['*', 3, true],
    ['*', null, false],
  ])('%s lets version %s be written: %s', (header, version, isLet) => {
    const check = (): void => checkIfMatch(header, version);
    if (isLet) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ kind: 'precondition-failed' }));
  });
});
