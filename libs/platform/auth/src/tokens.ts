import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '@relance/events';
import type { MemberKey } from '@relance/lead';
import type { Db } from '@relance/postgres';
import type { Caller, Role } from './caller.js';

/** A token that was used is not looked up again for this long; a revoked one may work this much longer. */
const rememberedMs = 5_000;
const rememberedAtMost = 10_000;

interface TokenRow {
  id: string;
  name: string;
  role: Role;
  member: MemberKey | null;
}

export interface TokenListed {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly member: MemberKey | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** API tokens: shown once, stored as SHA-256 of 32 random bytes, checked by every service alone. */
export class Tokens {
  private readonly remembered = new Map<string, { caller: Caller | null; until: number }>();
  private readonly preset: Buffer;

  /** @param administratorToken the preset token of an administrator, at least 32 characters. */
  constructor(
    private readonly db: Db,
    administratorToken: string,
  ) {
    this.preset = digest(administratorToken);
  }

  async create(token: {
    name: string;
    role: Role;
    member?: MemberKey | undefined;
  }): Promise<{ id: string; token: string }> {
    const secret = `relance_${randomBytes(32).toString('base64url')}`;
    const id = newId();
    await this.db.query('insert into auth.token (id, name, role, member, hash) values ($1, $2, $3, $4, $5)', [
      id,
      token.name,
      token.role,
      token.member ?? null,
      digest(secret),
    ]);
    return { id, token: secret };
  }

  async list(): Promise<TokenListed[]> {
    return this.db.query<TokenListed>(
      'select id, name, role, member, created_at as "createdAt", revoked_at as "revokedAt" from auth.token order by id',
    );
  }

  /** @returns whether there was such a token. */
  async revoke(id: string): Promise<boolean> {
    const revoked = await this.db.query(
      'update auth.token set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1 returning id',
      [id],
    );
    this.remembered.clear();
    return revoked.length > 0;
  }

  /** Who holds this token; null when it is nobody's. */
  async callerOf(token: string): Promise<Caller | null> {
    const hash = digest(token);
    if (timingSafeEqual(hash, this.preset))
      return { tokenId: 'administrator', name: 'administrator', role: 'administrator' };
    const key = hash.toString('base64');
    const known = this.remembered.get(key);
    const now = performance.now();
    if (known && known.until > now) return known.caller;
    const [row] = await this.db.query<TokenRow>(
      'select id, name, role, member from auth.token where hash = $1 and revoked_at is null',
      [hash],
    );
    const caller = row
      ? { tokenId: row.id, name: row.name, role: row.role, ...(row.member === null ? {} : { member: row.member }) }
      : null;
    if (this.remembered.size >= rememberedAtMost) this.remembered.clear();
    this.remembered.set(key, { caller, until: now + rememberedMs });
    return caller;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
