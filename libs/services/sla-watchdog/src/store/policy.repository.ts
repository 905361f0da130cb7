import type { Tx } from '@relance/postgres';
import type { PolicyKey } from '@relance/lead';
import { compilePolicy } from '../decide/compile-policy.js';
import type { CompiledPolicy } from '../decide/compile-policy.js';
import { policySchema, positionOf } from '../decide/policy.js';
import type { Policy, PolicyVersion } from '../decide/policy.js';

interface VersionRow {
  key: PolicyKey;
  version: number;
  position: number;
  definition: unknown;
}

/** A policy, one of its versions. */
export interface PolicyReference {
  readonly key: PolicyKey;
  readonly version: number;
}

const versions = `
  select version.key, version.version, version.position, version.definition
  from unnest($1::text[], $2::integer[]) as asked(key, version)
  join sla.policy_version as version using (key, version)`;

/** Policies and all their versions. What a version says never changes, so that it is compiled once per process. */
export class PolicyRepository {
  private readonly compiled = new Map<string, CompiledPolicy>();

  /** The policies in force, in the order in which they are asked. */
  async inForce(tx: Tx): Promise<readonly CompiledPolicy[]> {
    const references = await tx.query<PolicyReference>('select key, version from sla.policy order by position, key');
    const policies = await this.find(tx, references);
    return references.flatMap((reference) => policies.get(nameOf(reference)) ?? []);
  }

  /** Versions by `key@version`. */
  async find(tx: Tx, references: readonly PolicyReference[]): Promise<ReadonlyMap<string, CompiledPolicy>> {
    const unknown = references.filter((reference) => !this.compiled.has(nameOf(reference)));
    if (unknown.length > 0) {
      const rows = await tx.query<VersionRow>(versions, [
        unknown.map(({ key }) => key),
        unknown.map(({ version }) => version),
      ]);
      const read = rows.map((row) => compilePolicy(versionOf(row)));
      // A version of a transaction that is still open may yet be rolled back and written otherwise.
      tx.afterCommit(() => read.forEach((policy) => this.compiled.set(nameOf(policy), policy)));
      const known = references.flatMap((reference) => this.compiled.get(nameOf(reference)) ?? []);
      return byName([...known, ...read]);
    }
    return byName(references.flatMap((reference) => this.compiled.get(nameOf(reference)) ?? []));
  }

  async get(tx: Tx, key: PolicyKey): Promise<PolicyVersion | null> {
    const [row] = await tx.query<VersionRow>(
      `select version.key, version.version, version.position, version.definition
       from sla.policy join sla.policy_version as version using (key, version) where policy.key = $1`,
      [key],
    );
    return row ? versionOf(row) : null;
  }

  async list(tx: Tx): Promise<PolicyVersion[]> {
    const rows = await tx.query<VersionRow>(
      `select version.key, version.version, version.position, version.definition
       from sla.policy join sla.policy_version as version using (key, version) order by policy.position, policy.key`,
    );
    return rows.map(versionOf);
  }

  /** The version in force, locked until the transaction ends; null when there is no such policy yet. */
  async lock(tx: Tx, key: PolicyKey): Promise<number | null> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1763800004))', [key]);
    const [row] = await tx.query<{ version: number }>('select version from sla.policy where key = $1', [key]);
    return row?.version ?? null;
  }

  /** Writes the next version and puts it in force. Running clocks keep theirs. */
  async put(tx: Tx, key: PolicyKey, policy: Policy, by: string): Promise<PolicyVersion> {
    const { key: _key, ...definition } = policy;
    const position = positionOf(policy);
    const [row] = await tx.query<{ version: number }>(
      `insert into sla.policy as policy (key, version, position) values ($1, 1, $2)
       on conflict (key) do update set version = policy.version + 1, position = excluded.position
       returning version`,
      [key, position],
    );
    if (!row) throw new Error('A policy that was written has no version');
    await tx.execute(
      'insert into sla.policy_version (key, version, position, definition, written_by) values ($1, $2, $3, $4::json, $5)',
      [key, row.version, position, JSON.stringify(definition), by],
    );
    return { key, version: row.version, position, policy: definition };
  }

  async isEmpty(tx: Tx): Promise<boolean> {
    return (await tx.query('select from sla.policy limit 1')).length === 0;
  }
}

/** `follow-up@3`. */
export function nameOf({ key, version }: PolicyReference): string {
  return `${key}@${version}`;
}

function byName(policies: readonly CompiledPolicy[]): ReadonlyMap<string, CompiledPolicy> {
  return new Map(policies.map((policy) => [nameOf(policy), policy]));
}

function versionOf(row: VersionRow): PolicyVersion {
  return { key: row.key, version: row.version, position: row.position, policy: policySchema.parse(row.definition) };
}
