interface Bucket {
  tokens: number;
  at: number;
}

const mostBuckets = 50_000;

/**
 * How many requests an address may make: a bucket of `perMinute` that fills up evenly. Held in memory, by each process
 * for itself; the oldest buckets go when there are too many.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param nowMs of any clock that only goes forward.
   * @returns 0 when there was room, else the seconds until there is.
   */
  take(who: string, perMinute: number, nowMs: number): number {
    const perMs = perMinute / 60_000;
    const bucket = this.buckets.get(who) ?? { tokens: perMinute, at: nowMs };
    const tokens = Math.min(perMinute, bucket.tokens + (nowMs - bucket.at) * perMs);
    this.buckets.delete(who);
    this.buckets.set(who, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: nowMs });
    if (this.buckets.size > mostBuckets) this.forgetOldest();
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs / 1_000);
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
