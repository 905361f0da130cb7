import { Injectable } from '@nestjs/common';
import type { Starter } from '@relance/bootstrap';
import type { SourceKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { SourceCache } from '../store/source-cache.js';
import { SourceRepository } from '../store/source.repository.js';

/** Gives a new installation a form to post to: the source `site`. */
@Injectable()
export class StarterIngestion implements Starter {
  constructor(
    private readonly sources: SourceRepository,
    private readonly cache: SourceCache,
  ) {}

  async seed(tx: Tx): Promise<void> {
    if (await this.sources.hasAny(tx)) return;
    const document = {
      kind: 'form',
      name: 'Web site',
      enabled: true,
      settings: {},
      mapping: {},
      defaults: {},
    } as const;
    await this.sources.insert(tx, 'site' as SourceKey, document, null);
    tx.afterCommit(() => this.cache.refreshSoon());
  }
}
