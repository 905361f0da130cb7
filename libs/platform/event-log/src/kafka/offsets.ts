/** An offset for each partition of each topic: `{ topic: { partition: offset } }`. */
export type Offsets = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** One partition's offset. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The same offsets with some put in place of what stood there. */
export function withOffsets(offsets: Offsets, changed: readonly PartitionOffset[]): Offsets {
  const next: Record<string, Record<number, number>> = {};
  for (const [topic, partitions] of Object.entries(offsets)) next[topic] = { ...partitions };
  for (const { topic, partition, offset } of changed) (next[topic] ??= {})[partition] = offset;
  return next;
}

/** Whether offsets lack something that others have: a partition is missing or stands lower. */
export function isBelow(offsets: Offsets, others: Offsets): boolean {
  return Object.entries(others).some(([topic, partitions]) =>
    Object.entries(partitions).some(([partition, offset]) => (offsets[topic]?.[Number(partition)] ?? 0) < offset),
  );
}
