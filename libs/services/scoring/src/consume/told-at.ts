import type { Envelope } from '@relance/events';

/** When something happened, as stated, but not after it was recorded: a clock that runs ahead must not keep a lead warm. */
export function toldAt(stated: string, event: Pick<Envelope, 'recordedat'>): Date {
  return new Date(Math.min(Date.parse(stated), Date.parse(event.recordedat)));
}
