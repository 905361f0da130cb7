import { trackSchema } from '@relance/api';
import type { Track } from '@relance/api';
import type { TrackKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';

export interface TrackInForce {
  readonly key: TrackKey;
  readonly version: number;
  readonly track: Track;
}

interface TrackRow {
  readonly key: TrackKey;
  readonly version: number;
  readonly definition: unknown;
}

const read = (row: TrackRow): TrackInForce => {
  return { key: row.key, version: row.version, track: trackSchema.parse(row.definition) };
};

/** Tracks with all their versions: who is inside keeps the version they began with. */
export class TrackRepository {
  async inForce(tx: Tx): Promise<Map<string, TrackInForce>> {
    const rows = await tx.query<TrackRow>(
      'select key, version, definition from nurture.track where is_in_force order by key',
    );
    return new Map(rows.map((row) => [row.key, read(row)]));
  }

  async version(tx: Tx, key: string, version: number): Promise<Track> {
    const [row] = await tx.query<TrackRow>(
      'select key, version, definition from nurture.track where key = $1 and version = $2',
      [key, version],
    );
    if (!row) throw new Error(`Track ${key} has no version ${version}`);
    return read(row).track;
  }

  /** Puts a new version in force. @param check is given the version in force until now, null for none, and may refuse. */
  async replace(tx: Tx, key: TrackKey, track: Track, check: (version: number | null) => void): Promise<number> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('nurture.track', 1763800005))`);
    const [row] = await tx.query<{ version: number | null }>(
      'select max(version) as version from nurture.track where key = $1',
      [key],
    );
    const current = row?.version ?? null;
    check(current);
    const version = (current ?? 0) + 1;
    await tx.execute('update nurture.track set is_in_force = false where key = $1 and is_in_force', [key]);
    await tx.execute(
      'insert into nurture.track (key, version, definition, is_in_force) values ($1, $2, $3::json, true)',
      [key, version, JSON.stringify(track)],
    );
    return version;
  }
}
