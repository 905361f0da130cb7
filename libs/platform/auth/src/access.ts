import { SetMetadata } from '@nestjs/common';
import type { Role } from './caller.js';

export const access = Symbol('access');
export type Access = 'public' | readonly Role[];

/** Nobody needs a token here. Such a route says so, and why, where it is declared. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(access, 'public');

/** Who may use the route. A route that says nothing is for administrators. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator => SetMetadata(access, roles);
