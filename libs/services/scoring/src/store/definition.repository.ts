import { Injectable } from '@nestjs/common';
import type { ScoringDefinition, ScoringDefinitionListItem, ScoringDefinitionView } from '@relance/api';
import type { Db, Tx } from '@relance/postgres';
import { compileDefinition } from '../decide/compile-definition.js';
import type { CompiledDefinition } from '../decide/compile-definition.js';
import { NoDefinitionInForce } from './no-definition-in-force.error.js';

const columns = 'version, state, is_starter, document, hash, created_at, in_force_since';

const insertFirst = `
  insert into scoring.definition (version, state, is_starter, document, hash, in_force_since)
  select 1, 'in-force', true, $1::json, $2, clock_timestamp() where not exists (select from scoring.definition)
  on conflict do nothing`;

interface DefinitionRow {
  version: number;
  state: ScoringDefinitionListItem['state'];
  is_starter: boolean;
  document: ScoringDefinition;
  hash: string;
  created_at: Date;
  in_force_since: Date | null;
}

/** The versions of the qualified-lead definition. A version's document never changes once it is in force. */
@Injectable()
export class DefinitionRepository {
  private readonly compiled = new Map<number, CompiledDefinition<number>>();

  /** Asks each time which version it is, and compiles a version once. @throws {NoDefinitionInForce} */
  async inForce(on: Tx | Db): Promise<CompiledDefinition<number>> {
    const [row] = await on.query<{ version: number }>(
      "select version from scoring.definition where state = 'in-force'",
    );
    if (row === undefined) throw new NoDefinitionInForce();
    const known = this.compiled.get(row.version);
    if (known) return known;
    const [whole] = await on.query<{ document: ScoringDefinition }>(
      'select document from scoring.definition where version = $1',
      [row.version],
    );
    if (whole === undefined) throw new NoDefinitionInForce();
    const compiled = compileDefinition(row.version, whole.document);
    this.compiled.set(row.version, compiled);
    return compiled;
  }

  /** Puts a starter definition in force where there is no definition at all. */
  async putStarter(tx: Tx, document: ScoringDefinition, hash: string): Promise<void> {
    await tx.execute(insertFirst, [JSON.stringify(document), hash]);
  }

  /** Newest first, before a version. */
  async list(db: Db, before: number | null, limit: number): Promise<ScoringDefinitionListItem[]> {
    const rows = await db.query<DefinitionRow>(
      `select ${columns} from scoring.definition where $1::int is null or version < $1 order by version desc limit $2`,
      [before, limit],
    );
    return rows.map(listed);
  }

  async find(db: Db, version: number): Promise<ScoringDefinitionView | null> {
    const [row] = await db.query<DefinitionRow>(`select ${columns} from scoring.definition where version = $1`, [
      version,
    ]);
    return row === undefined ? null : { ...listed(row), document: row.document };
  }
}

function listed(row: DefinitionRow): ScoringDefinitionListItem {
  return {
    version: row.version,
    state: row.state,
    name: row.document.name,
    isStarter: row.is_starter,
    hash: row.hash,
    createdAt: row.created_at.toISOString(),
    inForceSince: row.in_force_since?.toISOString() ?? null,
  };
}
