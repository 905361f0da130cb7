export { AccessGuard } from './access.guard.js';
export { Public, Roles } from './access.js';
export { RoleForbidden, TokenMissing, TokenUnknown } from './auth-errors.js';
export { CallerOf, roleSchema } from './caller.js';
export type { Caller, RequestWithCaller, Role } from './caller.js';
export { CreateAuth1763800000500 } from './create-auth-1763800000500.js';
export { TokensController } from './tokens.controller.js';
export { Tokens } from './tokens.js';
export type { TokenListed } from './tokens.js';
