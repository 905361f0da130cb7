import { EventPattern } from '@nestjs/microservices';
import type { EventDefinition, Service } from '@relance/events';

/** Nest's name of our transport. */
export const eventLogTransport = Symbol('event-log');

/** What {@link Consume} tells the strategy about a handler. */
export interface ConsumeExtras {
  readonly group: Service;
  readonly event: EventDefinition<string, never>;
}

/**
 * The method takes batches of this event for the group: `(events: readonly Envelope<X>[], tx: Tx)`, its parameters
 * decorated with Nest's `@Payload()` and `@Ctx()`.
 *
 * A batch holds at most one event per key. The transaction is open, the events are noted in the inbox, and whatever
 * the method throws rolls all of it back: it catches nothing.
 */
export function Consume<Data>(group: Service, event: EventDefinition<string, Data>): MethodDecorator {
  return EventPattern<string>(event.type, eventLogTransport as never, { group, event });
}
