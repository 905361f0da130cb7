import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Db } from '@relance/postgres';
import { NotificationRepository } from '../store/notification.repository.js';
import { Notifier } from './notifier.js';
import { People } from './people.js';
import { Releasing } from './releasing.js';

/** An owner who was not told within this time was forgotten by the queue. */
const forgottenAfterMs = 60_000;

/** One round of the sweep. */
@Injectable()
export class Sweep {
  constructor(
    private readonly releasing: Releasing,
    private readonly notifier: Notifier,
    private readonly notifications: NotificationRepository,
    private readonly people: People,
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** @param isThorough also looks at what changes once a year. */
  async once(isThorough: boolean): Promise<void> {
    await this.releasing.vacate();
    await this.releasing.releaseHeld();
    await this.releasing.endRests();
    if (this.notifier.isOn) {
      const forgotten = await this.notifications.forgotten(new Date(this.clock.now().getTime() - forgottenAfterMs));
      if (forgotten.length > 0) this.notifier.arm(forgotten);
    }
    if (isThorough) await this.db.transaction((tx) => this.people.refreeze(tx));
  }
}
