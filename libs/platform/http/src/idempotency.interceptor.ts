import { createHash } from 'node:crypto';
import { Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { AppError } from '@relance/errors';
import { Db } from '@relance/postgres';

const idempotent = Symbol('idempotent');

/** The route makes something: a repeat with the same `Idempotency-Key` gets the first answer again, for 24 hours. */
export const Idempotent = (): MethodDecorator => SetMetadata(idempotent, true);

/** The key was used for another request. */
export class IdempotencyKeyReused extends AppError {
  readonly code = 'http.idempotency-key-reused';
  readonly kind = 'invalid';

  constructor() {
    super(
      'This Idempotency-Key was used for another body',
      {},
      {
        issues: [
          { pointer: '', code: 'idempotency-key-reused', message: 'the Idempotency-Key belongs to another body' },
        ],
      },
    );
  }
}

/** The first request with this key has not answered yet. */
export class IdempotencyKeyInUse extends AppError {
  readonly code = 'http.idempotency-key-in-use';
  readonly kind = 'conflict';

  constructor() {
    super('The first request with this Idempotency-Key is still under way', {}, { retryAfterSeconds: 1 });
  }
}

interface Kept {
  body_hash: string;
  status: number | null;
  answer: unknown;
}

/** A request that never answered (a crash) gives its key free after this long. */
const claim = `
  insert into auth.idempotency as kept (caller, path, key, body_hash) values ($1, $2, $3, $4)
  on conflict (caller, path, key) do update
    set body_hash = excluded.body_hash, status = null, answer = null, at = clock_timestamp()
    where kept.at < clock_timestamp() - interval '24 hours'
       or (kept.status is null and kept.at < clock_timestamp() - interval '30 seconds' and kept.body_hash = excluded.body_hash)
  returning true as is_ours`;

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly db: Db,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || !this.reflector.get<boolean | undefined>(idempotent, context.getHandler()))
      return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest & { caller?: { tokenId: string } }>();
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(
      this.once(
        [request.caller?.tokenId ?? '', request.url.split('?')[0] ?? '', key.slice(0, 255)],
        request,
        reply,
        next,
      ),
    );
  }

  private async once(
    place: [string, string, string],
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const hash = createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('base64url');
    const [isOurs] = await this.db.query(claim, [...place, hash]);
    if (!isOurs) return this.first(place, hash, reply);
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      await this.db.query(
        'update auth.idempotency set status = $4, answer = $5::json where caller = $1 and path = $2 and key = $3',
        [...place, reply.statusCode, JSON.stringify(answer ?? null)],
      );
      return answer;
    } catch (error) {
      await this.db.query(
        'delete from auth.idempotency where caller = $1 and path = $2 and key = $3 and status is null',
        place,
      );
      throw error;
    }
  }

  private async first(place: [string, string, string], hash: string, reply: FastifyReply): Promise<unknown> {
    const [kept] = await this.db.query<Kept>(
      'select body_hash, status, answer from auth.idempotency where caller = $1 and path = $2 and key = $3',
      place,
    );
    if (kept && kept.body_hash !== hash) throw new IdempotencyKeyReused();
    if (kept?.status == null) throw new IdempotencyKeyInUse();
    void reply.status(kept.status);
    return kept.answer;
  }
}
