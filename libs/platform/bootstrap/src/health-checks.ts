export interface HealthVerdict {
  readonly isReady: boolean;
  /** A sentence for operators when it is not. */
  readonly why?: string;
}

/** What must hold for this process to be ready. Parts add themselves when they start. */
export class HealthChecks {
  private readonly checks = new Map<string, () => HealthVerdict | Promise<HealthVerdict>>();

  add(name: string, check: () => HealthVerdict | Promise<HealthVerdict>): void {
    this.checks.set(name, check);
  }

  async run(): Promise<{ isReady: boolean; checks: Record<string, HealthVerdict> }> {
    const verdicts = await Promise.all([...this.checks].map(async ([name, check]) => [name, await check()] as const));
    return { isReady: verdicts.every(([, verdict]) => verdict.isReady), checks: Object.fromEntries(verdicts) };
  }
}
