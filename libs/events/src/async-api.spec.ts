import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { asyncApi } from './async-api.js';

const { Parser } = createRequire(import.meta.url)('@asyncapi/parser') as {
  Parser: new () => {
    validate(document: string): Promise<{ severity: number; message: string; path: (string | number)[] }[]>;
  };
};

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3', async () => {
    const problems = await new Parser().validate(JSON.stringify(asyncApi()));
    const errors = problems
      .filter((problem) => problem.severity === 0)
      .map((problem) => `${problem.path.join('.')}: ${problem.message}`);
    expect(errors).toEqual([]);
  });
});
