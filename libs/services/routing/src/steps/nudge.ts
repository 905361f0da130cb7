import { Injectable } from '@nestjs/common';
import type { Tx } from '@relance/postgres';

/** Tells this process's sweep that somebody may have become eligible. Carries speed only: the sweep comes by anyway. */
@Injectable()
export class Nudge {
  private readonly sleepers = new Set<() => void>();

  afterCommit(tx: Tx): void {
    tx.afterCommit(() => {
      for (const wake of this.sleepers) wake();
    });
  }

  onNudge(wake: () => void): void {
    this.sleepers.add(wake);
  }
}
