import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { access } from './access.js';
import type { Access } from './access.js';
import { RoleForbidden, TokenMissing, TokenUnknown } from './auth-errors.js';
import type { RequestWithCaller } from './caller.js';
import { Tokens } from './tokens.js';

/** Every route asks for a token and a role, unless it says that it is public. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const allowed = this.reflector.getAllAndOverride<Access | undefined>(access, [
      context.getHandler(),
      context.getClass(),
    ]) ?? ['administrator'];
    if (allowed === 'public') return true;
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const token = /^Bearer ([^\s]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new TokenMissing();
    const caller = await this.tokens.callerOf(token);
    if (!caller) throw new TokenUnknown();
    if (!allowed.includes(caller.role)) throw new RoleForbidden({ role: caller.role, allowed });
    request.caller = caller;
    return true;
  }
}
