import { Injectable } from '@nestjs/common';
import type { Starter } from '@relance/bootstrap';
import type { TrackKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { starterTrack } from './decide/starter-track.js';
import { TrackRepository } from './store/track.repository.js';

/** Gives a new installation its one track. */
@Injectable()
export class StarterNurture implements Starter {
  constructor(private readonly tracks: TrackRepository) {}

  async seed(tx: Tx): Promise<void> {
    if ((await this.tracks.inForce(tx)).size > 0) return;
    await this.tracks.replace(tx, 'welcome' as TrackKey, starterTrack, () => undefined);
  }
}
