import type { LeadId, MemberKey, MilestoneKey, TeamKey } from '@relance/lead';
import { describeMs } from './plan-clock.js';

/** One broken promise, or one that proved to have been kept, as a letter tells it. No contact details of the lead. */
export interface LetterLine {
  readonly about: 'breach' | 'withdrawal';
  readonly leadId: LeadId;
  readonly milestone: MilestoneKey;
  readonly owner: MemberKey | null;
  readonly dueAt: Date;
  readonly breachedAt: Date;
  /** When the answer was given, once there is one. */
  readonly answeredAt: Date | null;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** Lines shown in full; a storm is told by its number. */
const linesShown = 50;

/**
 * What people are told when promises break, or prove to have been kept.
 *
 * @param toldAt until when an unanswered one is late.
 * @param publicUrl without a slash at its end.
 * @param timeZone the reader's, in which times are told.
 */
export function writeLetter(
  group: { readonly milestone: string; readonly team: TeamKey | null },
  lines: readonly LetterLine[],
  reader: { readonly publicUrl: string; readonly timeZone: string; readonly toldAt: Date },
): Letter {
  const broken = lines.filter(({ about }) => about === 'breach');
  const kept = lines.filter(({ about }) => about === 'withdrawal');
  const team = group.team === null ? '' : `, team ${group.team}`;
  const subject =
    broken.length > 0
      ? `Promise broken: ${group.milestone}${team} (${countOf(broken)})`
      : `Promise kept after all: ${group.milestone}${team} (${countOf(kept)})`;
  const text = [
    ...section('Nobody answered these in time:', broken, reader),
    ...section('These were answered in time after all; the breach is withdrawn:', kept, reader),
    `Alerts: ${reader.publicUrl}/alerts`,
  ].join('\n');
  return { subject, text };
}

function section(
  title: string,
  lines: readonly LetterLine[],
  reader: { readonly publicUrl: string; readonly timeZone: string; readonly toldAt: Date },
): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - linesShown;
  return [
    title,
    '',
    ...lines.slice(0, linesShown).flatMap((line) => [...tell(line, reader), '']),
    ...(rest > 0 ? [`and ${rest} more`, ''] : []),
  ];
}

function tell(line: LetterLine, reader: { publicUrl: string; timeZone: string; toldAt: Date }): string[] {
  const answered = line.answeredAt ?? reader.toldAt;
  const late = Math.max(0, Math.floor((answered.getTime() - line.dueAt.getTime()) / 1_000) * 1_000);
  const standing =
    line.about === 'withdrawal'
      ? `answered ${timeOf(answered, reader.timeZone)}`
      : `${line.answeredAt === null ? 'unanswered' : 'answered late'}, ${describeMs(late)} late`;
  return [
    `${reader.publicUrl}/leads/${line.leadId}`,
    `  ${line.milestone}; owner ${line.owner ?? 'nobody'}; due ${timeOf(line.dueAt, reader.timeZone)}; ${standing}`,
  ];
}

function timeOf(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'medium' }).format(at);
  return `${parts} (${timeZone})`;
}

function countOf(lines: readonly LetterLine[]): string {
  return lines.length === 1 ? '1 lead' : `${lines.length} leads`;
}
