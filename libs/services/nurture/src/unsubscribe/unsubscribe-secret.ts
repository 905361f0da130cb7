import { Inject, Injectable } from '@nestjs/common';
import { relanceConfig } from '@relance/bootstrap';
import type { ConfigOf } from '@relance/config';
import { unsubscribeKey } from '../decide/unsubscribe-token.js';

/** The key of the links in letters: all processes of an installation share it, as they share `SECRETS_KEY`. */
@Injectable()
export class UnsubscribeSecret {
  constructor(@Inject(relanceConfig.token) private readonly config: ConfigOf<typeof relanceConfig>) {}

  key(): Uint8Array {
    if (this.config.SECRETS_KEY === undefined) throw new Error('The process was started without SECRETS_KEY');
    return unsubscribeKey(this.config.SECRETS_KEY);
  }
}
