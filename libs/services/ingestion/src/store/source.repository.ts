import { Injectable } from '@nestjs/common';
import type { SourceKey } from '@relance/lead';
import { Db, violatedUnique } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { SourceKind, SourceSettings } from './live-source.js';
import { SourceExists } from './source-errors.js';

/** What people decide about a source. */
export interface SourceDocument {
  readonly kind: SourceKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: SourceSettings;
  readonly mapping: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
}

export interface StoredSource extends SourceDocument {
  readonly key: SourceKey;
  /** Sealed. */
  readonly secret: string | null;
  readonly previousSecret: string | null;
  readonly previousSecretUntil: Date | null;
  readonly isUsed: boolean;
  readonly version: number;
  /** Another one after every change, also when a source was deleted and made again. */
  readonly stamp: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `
  key, kind, name, enabled, settings, mapping, defaults, secret, previous_secret as "previousSecret",
  previous_secret_until as "previousSecretUntil", is_used as "isUsed", version,
  created_at::text || '/' || version as stamp, created_at as "createdAt", updated_at as "updatedAt"`;

const selectAll = `select ${columns} from ingestion.source order by key`;
const selectStamps = `select key, created_at::text || '/' || version as stamp from ingestion.source`;
const selectPage = `select ${columns} from ingestion.source where key > $2 order by key limit $1`;
const selectOne = `select ${columns} from ingestion.source where key = $1`;
const insertOne = `
  insert into ingestion.source (key, kind, name, enabled, settings, mapping, defaults, secret, version)
  values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb, $8, 1) returning ${columns}`;
const updateOne = `
  update ingestion.source set name = $2, enabled = $3, settings = $4::jsonb, mapping = $5::jsonb, defaults = $6::jsonb,
    version = version + 1, updated_at = clock_timestamp()
  where key = $1 returning ${columns}`;
const rotate = `
  update ingestion.source set previous_secret = secret, previous_secret_until = now() + interval '24 hours', secret = $2,
    version = version + 1, updated_at = clock_timestamp()
  where key = $1 returning ${columns}`;
const deleteUnused = 'delete from ingestion.source where key = $1 and not is_used';
const markUsed = `
  with asked as materialized (
    select key, is_used from ingestion.source where key = any($1::text[]) order by key for update
  ), marked as (
    update ingestion.source set is_used = true from asked where source.key = asked.key and not asked.is_used
  )
  select key from asked`;

@Injectable()
export class SourceRepository {
  constructor(private readonly db: Db) {}

  async all(): Promise<StoredSource[]> {
    return this.db.query<StoredSource>(selectAll);
  }

  /** By key, what tells one state of a source from another. */
  async stamps(): Promise<Map<string, string>> {
    const rows = await this.db.query<{ key: string; stamp: string }>(selectStamps);
    return new Map(rows.map((row) => [row.key, row.stamp]));
  }

  /** In key order, after a key. */
  async page(limit: number, after: string): Promise<StoredSource[]> {
    return this.db.query<StoredSource>(selectPage, [limit, after]);
  }

  async find(key: string): Promise<StoredSource | null> {
    const [row] = await this.db.query<StoredSource>(selectOne, [key]);
    return row ?? null;
  }

  async hasAny(tx: Tx): Promise<boolean> {
    return (await tx.query('select from ingestion.source limit 1')).length > 0;
  }

  /** Reads a source and keeps others from changing it until the transaction ends. */
  async lock(tx: Tx, key: string): Promise<StoredSource | null> {
    const [row] = await tx.query<StoredSource>(`${selectOne} for update`, [key]);
    return row ?? null;
  }

  /** @throws {SourceExists} */
  async insert(tx: Tx, key: SourceKey, document: SourceDocument, sealedSecret: string | null): Promise<StoredSource> {
    const { kind, name, enabled, settings, mapping, defaults } = document;
    try {
      const values = [
        key,
        kind,
        name,
        enabled,
        ...[settings, mapping, defaults].map((part) => JSON.stringify(part)),
        sealedSecret,
      ];
      return only(await tx.query<StoredSource>(insertOne, values));
    } catch (error) {
      throw violatedUnique(error) === null ? error : new SourceExists(key);
    }
  }

  async update(tx: Tx, key: SourceKey, document: SourceDocument): Promise<StoredSource> {
    const { name, enabled, settings, mapping, defaults } = document;
    const values = [key, name, enabled, ...[settings, mapping, defaults].map((part) => JSON.stringify(part))];
    return only(await tx.query<StoredSource>(updateOne, values));
  }

  /** The present secret becomes the previous one, good for 24 hours more. */
  async rotateSecret(tx: Tx, key: SourceKey, sealedSecret: string): Promise<StoredSource> {
    return only(await tx.query<StoredSource>(rotate, [key, sealedSecret]));
  }

  /** @returns false when leads point to it. */
  async deleteUnused(tx: Tx, key: SourceKey): Promise<boolean> {
    return (await tx.execute(deleteUnused, [key])) === 1;
  }

  /** Notes that leads point to these sources. @returns those that exist. */
  async markUsed(tx: Tx, keys: readonly SourceKey[]): Promise<SourceKey[]> {
    const rows = await tx.query<{ key: SourceKey }>(markUsed, [keys]);
    return rows.map((row) => row.key);
  }
}

function only(rows: readonly StoredSource[]): StoredSource {
  const [row] = rows;
  if (!row) throw new Error('A source that was locked is gone');
  return row;
}
