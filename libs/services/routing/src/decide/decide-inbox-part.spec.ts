import { describe, expect, it } from '@jest/globals';
import { decideInboxPart } from './decide-inbox-part.js';

const now = new Date('2026-11-18T12:00:00Z');
const at = (text: string | null) => (text === null ? null : new Date(text));

describe('where work stands in the inbox', () => {
  it.each([
    { due: '2026-11-18T12:30:00Z', followUp: null, contacted: false, zone: 'UTC', part: 'now' },
    { due: '2026-11-18T09:00:00Z', followUp: null, contacted: false, zone: 'UTC', part: 'now' },
    { due: '2026-11-18T18:00:00Z', followUp: null, contacted: false, zone: 'UTC', part: 'today' },
    { due: '2026-11-18T18:00:00Z', followUp: null, contacted: false, zone: 'Asia/Tokyo', part: 'waiting' },
    { due: '2026-11-19T09:00:00Z', followUp: null, contacted: false, zone: 'UTC', part: 'waiting' },
    { due: null, followUp: '2026-11-18T17:00:00Z', contacted: true, zone: 'UTC', part: 'followUp' },
    { due: null, followUp: '2026-11-25T09:00:00Z', contacted: true, zone: 'UTC', part: 'waiting' },
    { due: null, followUp: null, contacted: true, zone: 'UTC', part: 'waiting' },
    { due: null, followUp: null, contacted: false, zone: 'UTC', part: 'now' },
  ])(
    '$part: due $due, follow-up $followUp, contacted $contacted in $zone',
    ({ due, followUp, contacted, zone, part }) => {
      const work = { dueAt: at(due), nextFollowUpAt: at(followUp), hasBeenContacted: contacted, timeZone: zone };
      expect(decideInboxPart(work, now)).toBe(part);
    },
  );
});
