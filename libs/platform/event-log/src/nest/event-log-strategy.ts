import type { MessageHandler } from '@nestjs/microservices';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { AnyEvent } from '@relance/events';
import type { Handle } from '../group.js';
import { eventLogTransport } from './consume.js';
import type { ConsumeExtras } from './consume.js';
import type { Readers } from './readers.js';

/**
 * Nest's side of the event log: collects the methods marked with `@Consume` into groups and opens a reader for each.
 * Nest would chain two groups' handlers of one event into one call; here groups stay apart.
 */
export class EventLogStrategy extends Server implements CustomTransportStrategy {
  private readonly groups = new Map<string, Map<string, { event: AnyEvent; handle: Handle }>>();

  constructor(private readonly readers: Readers) {
    super();
    this.setTransportId(eventLogTransport);
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    _isEventHandler?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    const { group, event } = extras as unknown as ConsumeExtras;
    const handlers = this.groups.get(group) ?? new Map<string, { event: AnyEvent; handle: Handle }>();
    this.groups.set(group, handlers);
    if (handlers.has(event.type)) throw new Error(`Two methods of ${group} consume ${event.type}`);
    handlers.set(event.type, {
      event,
      handle: async (events, tx) => {
        const result: unknown = await callback(events, tx);
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      },
    });
    super.addHandler(`${group}/${String(pattern)}`, callback, true, extras);
  }

  override listen(callback: (error?: unknown) => void): void {
    const groups = [...this.groups].map(([name, handlers]) => ({ name, handlers }));
    this.readers.open(groups).then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  override async close(): Promise<void> {
    await this.readers.close();
  }

  override on(): void {
    throw new Error('The event log emits no transport events');
  }

  override unwrap<T>(): T {
    return this.readers as T;
  }
}
