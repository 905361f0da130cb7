import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Jobs } from '@relance/jobs';
import { DeliveryRepository } from '../store/delivery.repository.js';

const queue = 'ingestion-forget-old-deliveries';
const alarm = 'forget';
const everyMs = 10 * 60_000;
const mostAtOnce = 20_000;

/** Every ten minutes, deletes keys of deliveries that are free again. One alarm for all processes. */
@Injectable()
export class ForgetOldDeliveries implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly deliveries: DeliveryRepository,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.jobs.work(queue, () => this.run(), { attempts: Number.MAX_SAFE_INTEGER });
    await this.jobs.schedule(queue, [{ id: alarm }]);
  }

  private async run(): Promise<void> {
    const deleted = await this.deliveries.forgetExpired(mostAtOnce);
    const runAt = new Date(this.clock.now().getTime() + (deleted === mostAtOnce ? 1_000 : everyMs));
    await this.jobs.schedule(queue, [{ id: alarm, runAt }]);
  }
}
