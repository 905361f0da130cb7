import { AppError } from '@relance/errors';
import type { Service } from '@relance/events';

/** No instance of a service answers at the moment. Nothing is known of what it may have done before. */
export class ServiceUnreachable extends AppError {
  readonly code = 'gateway.service-unreachable';
  readonly kind = 'unavailable';

  constructor(service: Service, cause?: unknown) {
    super(`${service} does not answer at the moment`, { service }, { cause, retryAfterSeconds: 1 });
  }
}
