/** Tells the readers of this process that something was committed. They poll too: a nudge carries speed, never correctness. */
export class Wakeup {
  private readonly sleepers = new Set<() => void>();

  nudge(): void {
    for (const wake of this.sleepers) wake();
  }

  /** @returns how to stop being told. */
  onNudge(wake: () => void): () => void {
    this.sleepers.add(wake);
    return () => this.sleepers.delete(wake);
  }
}
