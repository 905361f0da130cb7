import type { Caller } from '@relance/auth';
import type { MemberKey } from '@relance/lead';
import { NotYours } from '../routing-errors.js';

/** Who does something to an assignment. */
export interface Actor {
  /** What the record says: a member, or the role of a token without one. */
  readonly by: string;
  /** Set for a rep, who acts on their own leads only. */
  readonly onlyFor: MemberKey | null;
}

/** Administrators and managers act for the assignment's owner; the record says so. @throws {NotYours} for a rep's token that names nobody. */
export function actorOf(caller: Caller): Actor {
  if (caller.role !== 'rep') return { by: caller.member ?? caller.role, onlyFor: null };
  if (caller.member === undefined) throw new NotYours();
  return { by: caller.member, onlyFor: caller.member };
}
