import type { AnyEvent } from './define-event.js';
import { CompanyEnriched } from './events/company-enriched.js';
import { LeadAssigned } from './events/lead-assigned.js';
import { LeadContacted } from './events/lead-contacted.js';
import { LeadEngaged } from './events/lead-engaged.js';
import { LeadErased } from './events/lead-erased.js';
import { LeadHeld } from './events/lead-held.js';
import { LeadMerged } from './events/lead-merged.js';
import { LeadNurtured } from './events/lead-nurtured.js';
import { LeadReceived } from './events/lead-received.js';
import { LeadScored } from './events/lead-scored.js';
import { LeadStageChanged } from './events/lead-stage-changed.js';
import { LeadTold } from './events/lead-told.js';
import { LeadUnmerged } from './events/lead-unmerged.js';
import { MemberChanged } from './events/member-changed.js';
import { NurtureProgressed } from './events/nurture-progressed.js';
import { SlaBreached, SlaMet, SlaStarted, SlaStopped, SlaWarned, SlaWithdrawn } from './events/sla-events.js';

export const services = ['ingestion', 'scoring', 'routing', 'sla-watchdog', 'nurture', 'desk'] as const;
/** A service is also the consumer group its readers belong to. */
export type Service = (typeof services)[number];

export interface Exchange {
  readonly event: AnyEvent;
  readonly saidBy: readonly Service[];
  readonly heardBy: readonly Service[];
}

const exchange = (event: AnyEvent, saidBy: readonly Service[], heardBy: readonly Service[]): Exchange => {
  return { event, saidBy, heardBy };
};

const allButIngestion: readonly Service[] = ['scoring', 'routing', 'sla-watchdog', 'nurture', 'desk'];

/** Who says what to whom: the only list. A test holds every service to it. */
export const flow: readonly Exchange[] = [
  exchange(LeadReceived, ['ingestion'], ['scoring', 'desk']),
  exchange(LeadEngaged, ['ingestion', 'nurture'], ['scoring', 'routing', 'desk']),
  exchange(LeadMerged, ['ingestion'], allButIngestion),
  exchange(LeadUnmerged, ['ingestion'], allButIngestion),
  exchange(CompanyEnriched, ['ingestion'], ['scoring', 'desk']),
  exchange(LeadScored, ['scoring'], ['routing', 'sla-watchdog', 'desk']),
  exchange(LeadAssigned, ['routing'], ['sla-watchdog', 'nurture', 'desk']),
  exchange(LeadHeld, ['routing'], ['sla-watchdog', 'desk']),
  exchange(LeadNurtured, ['routing'], ['nurture', 'desk']),
  exchange(LeadTold, ['routing'], ['sla-watchdog', 'desk']),
  exchange(LeadContacted, ['routing'], ['scoring', 'sla-watchdog', 'nurture', 'desk']),
  exchange(LeadStageChanged, ['routing'], ['ingestion', 'scoring', 'sla-watchdog', 'nurture', 'desk']),
  exchange(MemberChanged, ['routing'], ['sla-watchdog', 'desk']),
  exchange(SlaStarted, ['sla-watchdog'], ['routing', 'desk']),
  exchange(SlaStopped, ['sla-watchdog'], ['routing', 'desk']),
  exchange(SlaWarned, ['sla-watchdog'], ['routing', 'desk']),
  exchange(SlaBreached, ['sla-watchdog'], ['routing', 'desk']),
  exchange(SlaMet, ['sla-watchdog'], ['routing', 'desk']),
  exchange(SlaWithdrawn, ['sla-watchdog'], ['routing', 'desk']),
  exchange(NurtureProgressed, ['nurture'], ['desk']),
  exchange(LeadErased, ['ingestion'], allButIngestion),
];
