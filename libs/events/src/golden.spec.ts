import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { flow } from './flow.js';

const folder = new URL('../golden/', import.meta.url);
const golden = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('old messages', () => {
  it.each(golden)('%s still parses, and loses nothing by it', (name) => {
    const message = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      type: string;
      dataschema: string;
      subject: string;
      data: unknown;
    };
    const exchange = flow.find(({ event }) => event.dataschema === message.dataschema);
    expect(exchange?.event.type).toBe(message.type);
    expect(exchange?.event.data.parse(message.data)).toEqual(message.data);
    expect((exchange?.event as unknown as { key(data: unknown): string }).key(message.data)).toBe(message.subject);
  });

  it('there is one of every version of every event', () => {
    const kept = golden.map(
      (name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { dataschema: string }).dataschema,
    );
    expect(new Set(kept)).toEqual(new Set(flow.map(({ event }) => event.dataschema)));
  });
});
