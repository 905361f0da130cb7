import { Injectable } from '@nestjs/common';
import { Db } from '@relance/postgres';

/** A delivery that was refused: enough to find out why, nothing of what it said. */
export interface Refusal {
  readonly sourceKey: string;
  readonly at: Date;
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly address: string;
  readonly sizeBytes: number;
}

const insertAll = `
  insert into ingestion.refusal (source_key, at, status, code, reason, address, size_bytes)
  select * from unnest($1::text[], $2::timestamptz[], $3::int[], $4::text[], $5::text[], $6::text[], $7::int[])`;

const keepNewest = `
  delete from ingestion.refusal using (
    select asked.key, (select id from ingestion.refusal where source_key = asked.key order by id desc offset $2 limit 1) as oldest
    from unnest($1::text[]) as asked(key)
  ) as kept
  where refusal.source_key = kept.key and refusal.id < kept.oldest`;

const page = `
  select id, source_key as "sourceKey", at, status, code, reason, address, size_bytes as "sizeBytes"
  from ingestion.refusal where source_key = $2 and ($3::bigint is null or id < $3::bigint) order by id desc limit $1`;

@Injectable()
export class RefusalRepository {
  constructor(private readonly db: Db) {}

  /** Adds refusals and keeps the newest `most` of each of their sources. */
  async insert(refusals: readonly Refusal[], most: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.execute(insertAll, [
        refusals.map((refusal) => refusal.sourceKey),
        refusals.map((refusal) => refusal.at.toISOString()),
        refusals.map((refusal) => refusal.status),
        refusals.map((refusal) => refusal.code),
        refusals.map((refusal) => refusal.reason),
        refusals.map((refusal) => refusal.address),
        refusals.map((refusal) => refusal.sizeBytes),
      ]);
      await tx.execute(keepNewest, [[...new Set(refusals.map((refusal) => refusal.sourceKey))], most - 1]);
    });
  }

  /** Newest first. */
  async page(sourceKey: string, limit: number, before: number | null): Promise<(Refusal & { id: number })[]> {
    return this.db.query<Refusal & { id: number }>(page, [limit, sourceKey, before]);
  }
}
