import { z } from 'zod';

/** What scoring says of a lead. */
export const verdictSchema = z.enum(['qualified', 'nurture', 'incomplete', 'disqualified']);
export type Verdict = z.infer<typeof verdictSchema>;

/** How far a lead has come. Transitions: {@link nextStage}. */
export const stageSchema = z.enum([
  'received',
  'mql',
  'sal',
  'sql',
  'won',
  'lost',
  'nurturing',
  'recycled',
  'disqualified',
  'stopped',
]);
export type Stage = z.infer<typeof stageSchema>;

/** How strong a follow-up is: A reached the person, B left something with them, C tried. */
export const gradeSchema = z.enum(['A', 'B', 'C']);
export type Grade = z.infer<typeof gradeSchema>;

const strength: Readonly<Record<Grade, number>> = { A: 3, B: 2, C: 1 };

/** `isAtLeast('A', 'B')`: the evidence asked for is B or better. */
export function isAtLeast(grade: Grade, asked: Grade): boolean {
  return strength[grade] >= strength[asked];
}

export const channelSchema = z.enum(['call', 'email', 'meeting', 'message', 'visit']);
export type Channel = z.infer<typeof channelSchema>;

export const temperatureSchema = z.enum(['hot', 'warm', 'cold']);
export type Temperature = z.infer<typeof temperatureSchema>;

export const memberRoleSchema = z.enum(['rep', 'manager', 'operator']);
export type MemberRole = z.infer<typeof memberRoleSchema>;
