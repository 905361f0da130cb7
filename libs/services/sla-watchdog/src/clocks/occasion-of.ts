import type { Envelope } from '@relance/events';
import type { LeadId } from '@relance/lead';
import type { StartsOn } from '../decide/policy.js';
import type { Occasion } from '../decide/start-clocks.js';

/** An occasion as an event tells it: promises start when the log recorded it. */
export function occasionOf(
  startsOn: StartsOn,
  event: Pick<Envelope<{ leadId: LeadId }>, 'id' | 'recordedat' | 'position' | 'correlationid' | 'data'>,
  facts: Partial<Omit<Occasion, 'startsOn' | 'leadId' | 'event'>>,
): Occasion {
  return {
    startsOn,
    leadId: event.data.leadId,
    event: {
      id: event.id,
      recordedAt: new Date(event.recordedat),
      position: event.position,
      correlationId: event.correlationid,
    },
    assignment: null,
    submissionId: null,
    holdingId: null,
    member: null,
    team: null,
    managers: [],
    calendar: null,
    ...facts,
  };
}
