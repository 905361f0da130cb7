/** A row of the log as the relay reads it. */
export interface RelayRow {
  readonly position: number;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  /** The envelope as it was written, without what the log adds. */
  readonly envelope: string;
  readonly appended_at: Date;
}

/** The whole envelope, without parsing what the log holds as text. */
export function wholeEnvelope(row: RelayRow): string {
  return `${row.envelope.slice(0, -1)},"recordedat":"${row.appended_at.toISOString()}","position":${row.position}}`;
}
