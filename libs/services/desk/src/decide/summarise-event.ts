import type { Envelope } from '@relance/events';

type Facts = Readonly<Record<string, unknown>>;
type Sentence = (data: Facts) => string;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const because = (value: unknown): string => (text(value) === '' ? '' : ` (${text(value)})`);
const time = (value: unknown): string => text(value).replace('T', ' ').slice(0, 16);

/** One sentence for each type of event. None tells a name, an address, a phone or what the lead wrote. */
const sentences: Readonly<Record<string, Sentence>> = {
  'lead.received': (data) =>
    (data['revision'] === 1 ? 'First submission' : `Submission ${text(data['revision'])}`) +
    ` through ${text(data['sourceKey'])}`,
  'lead.engaged': (data) => `Did something: ${text(data['kind'])}`,
  'lead.merged': (data) =>
    data['leadId'] === data['winnerId'] ? 'Another lead proved to be this person' : 'Proved to be another lead',
  'lead.unmerged': () => 'A merge was taken back',
  'lead.scored': (data) =>
    `Scored ${text(data['verdict'])}: fit ${text(data['fit'])}, engagement ${text(data['engagement'])}, ${text(data['grade'])}`,
  'lead.assigned': (data) => `${text(data['member'])} owns it, round ${text(data['round'])}${because(data['why'])}`,
  'lead.held': (data) => `Held: ${text(data['waitsFor'])}`,
  'lead.nurtured': (data) => `Goes to marketing${because(data['reason'])}`,
  'lead.told': (data) => `${text(data['member'])} told by ${text(data['channel'])}: ${text(data['receipt'])}`,
  'lead.contacted': (data) =>
    `${text(data['member'])} followed up: ${text(data['channel'])}, ${text(data['outcome'])} (${text(data['grade'])})`,
  'lead.stage-changed': (data) =>
    `${text(data['from'])} → ${text(data['to'])}: ${text(data['move'])}${because(data['reason'])}`,
  'sla.started': (data) => `Promise ${text(data['milestone'])} runs until ${time(data['dueAt'])}`,
  'sla.stopped': (data) => `Promise ${text(data['milestone'])} stopped${because(data['reason'])}`,
  'sla.warned': (data) => `Promise ${text(data['milestone'])} falls due at ${time(data['dueAt'])}`,
  'sla.breached': (data) =>
    `Promise ${text(data['milestone'])} broken, due ${time(data['dueAt'])}${because(data['cause'])}`,
  'sla.met': (data) => `Promise ${text(data['milestone'])} kept`,
  'sla.withdrawn': (data) => `Breach of ${text(data['milestone'])} withdrawn: it was answered in time`,
  'nurture.progressed': (data) => `Nurture ${text(data['track'])}: ${text(data['what'])}${because(data['reason'])}`,
  'lead.erased': () => 'Erased on request',
};

/** The line of the timeline that an event becomes. An event without a sentence of its own is shown by its type. */
export function summariseEvent(event: Envelope): string {
  return sentences[event.type]?.(event.data as Facts) ?? event.type;
}

/** What the timeline keeps of an event: all but the facts and calendars that other tables hold. */
export function keptOf(event: Envelope): Facts {
  const {
    facts: _facts,
    traits: _traits,
    calendar: _calendar,
    alternatives: _alternatives,
    ...kept
  } = event.data as Facts;
  return kept;
}
