import { Injectable } from '@nestjs/common';
import { EventLog } from '@relance/event-log';
import type { Envelope } from '@relance/events';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { AlertBook } from '../alerts/alert-book.js';
import { announceChange, announceStarted } from '../decide/announce-clock.js';
import { decideAnswer, findAnswer } from '../decide/decide-answer.js';
import type { ClockChange, SlaClock } from '../decide/sla-clock.js';
import type { NewClock } from '../decide/start-clocks.js';
import { Alarms } from '../firing/alarms.js';
import { ClockRepository } from '../store/clock.repository.js';
import { LeadRepository } from '../store/lead.repository.js';

/** The event that a fact follows from. */
export type Cause = Pick<Envelope, 'id' | 'correlationid' | 'traceparent'>;

export interface StartingClock {
  readonly clock: NewClock;
  readonly cause: Cause;
}

export interface ChangingClock {
  readonly clock: SlaClock;
  readonly change: ClockChange;
  readonly cause: Cause;
}

/** Writes what was decided about clocks, tells it, and sees to what follows the commit. */
@Injectable()
export class ClockBook {
  constructor(
    private readonly clocks: ClockRepository,
    private readonly leads: LeadRepository,
    private readonly alerts: AlertBook,
    private readonly alarms: Alarms,
    private readonly log: EventLog,
  ) {}

  /** Starts clocks and tells of those that are new. @returns these. */
  async start(tx: Tx, starting: readonly StartingClock[]): Promise<StartingClock[]> {
    if (starting.length === 0) return [];
    const ids = await this.clocks.start(
      tx,
      starting.map(({ clock }) => clock),
    );
    const fresh = starting.filter(({ clock }) => ids.has(clock.id));
    await this.log.append(
      tx,
      fresh.map(({ clock, cause }) => announceStarted(clock, cause, 'start')),
    );
    const dueAts = fresh.flatMap(({ clock }) => clock.steps.map(({ dueAt }) => dueAt));
    tx.afterCommit(() => this.alarms.expect(dueAts));
    return fresh;
  }

  /** Starts the promises of an owner; a contact of the same round that is known already answers them at once. */
  async startForOwner(tx: Tx, starting: readonly StartingClock[]): Promise<void> {
    const fresh = await this.start(tx, starting);
    const contacts = await this.leads.contactsOf(tx, [...new Set(fresh.map(({ clock }) => clock.leadId))]);
    const changing = fresh.flatMap(({ clock, cause }) => {
      const answer = findAnswer(clock, contacts.get(clock.leadId) ?? []);
      const change = answer && decideAnswer(clock, answer, clock.startedAt);
      return change === null ? [] : [{ clock, change, cause }];
    });
    await this.change(tx, changing);
  }

  /** Writes changes and tells them. The caller holds the clocks' rows, or made them just now. */
  async change(tx: Tx, asked: readonly ChangingClock[]): Promise<void> {
    if (asked.length === 0) return;
    // Two leads of one batch that are one person both reach the same clocks.
    const changing = [...new Map(asked.map((one) => [one.clock.id, one])).values()];
    await this.clocks.change(
      tx,
      changing.map(({ change }) => change),
    );
    await this.alerts.withdraw(
      tx,
      changing.filter(({ change }) => change.state === 'withdrawn').map(({ clock }) => clock.id),
    );
    await this.log.append(
      tx,
      changing.flatMap(({ clock, change, cause }) => announceChange(clock, change, cause) ?? []),
    );
    const isCleared = changing.some(({ clock, change }) => clock.state === 'breached' && change.settledAt !== null);
    if (isCleared) tx.afterCommit(() => this.alerts.cleared());
  }

  /**
   * Changes the clocks of leads by the contacts that are known of them.
   *
   * All contacts of a lead and of those merged with it are folded each time, so that the end is the same in whatever
   * order contacts, clocks and merges were heard.
   *
   * @param causes the event that makes it worth asking, by lead.
   */
  async foldContacts(tx: Tx, causes: ReadonlyMap<LeadId, Envelope>): Promise<void> {
    const leadIds = [...causes.keys()];
    const locked = await this.clocks.lock(tx, leadIds);
    if (locked.length === 0) return;
    const contacts = await this.leads.contactsOf(tx, leadIds);
    const changing = locked.flatMap((clock) => {
      const cause = causes.get(clock.askedFor);
      const answer = findAnswer(clock, contacts.get(clock.askedFor) ?? []);
      if (!cause || !answer) return [];
      const change = decideAnswer(clock, answer, new Date(cause.recordedat));
      return change === null ? [] : [{ clock, change, cause }];
    });
    await this.change(tx, changing);
  }
}
