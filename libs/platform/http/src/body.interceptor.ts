import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { unreadBodies } from './edge.js';

/** Refuses a body that could not be read, once it is known who asks: the guards come first. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const refusal = unreadBodies.get(context.switchToHttp().getRequest<FastifyRequest>());
    if (refusal) throw refusal;
    return next.handle();
  }
}
