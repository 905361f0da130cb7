import { v7 as uuidV7 } from 'uuid';

/** Asking the system for chance costs the same for one id as for these many. */
const drawnAtOnce = 256;
const bytesPerId = 16;
const drawn = new Uint8Array(drawnAtOnce * bytesPerId);
let used = drawn.length;
let lastMs = 0;
let sequence = 0;

/** A new UUIDv7: ids of new things sort by the time they were made, those of one process also within a millisecond. */
export function newId(): string {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const random = drawn.subarray(used, (used += bytesPerId));
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) & 0x7fffffff;
  } else {
    sequence = (sequence + 1) | 0;
    if (sequence === 0) lastMs++;
  }
  return uuidV7({ random, msecs: lastMs, seq: sequence });
}
