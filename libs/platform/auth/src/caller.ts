import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { MemberKey } from '@relance/lead';

/** What a token may do. `metrics` reads metrics and nothing else. */
export const roleSchema = z.enum(['administrator', 'manager', 'rep', 'operator', 'reader', 'metrics']);
export type Role = z.infer<typeof roleSchema>;

/** Who is asking. */
export interface Caller {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** The person the token acts for; a rep always has one. */
  readonly member?: MemberKey;
}

export interface RequestWithCaller extends FastifyRequest {
  caller?: Caller;
}

/** The caller of this request; the guard made sure there is one. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!caller) throw new Error('CallerOf stands on a public route');
  return caller;
});
