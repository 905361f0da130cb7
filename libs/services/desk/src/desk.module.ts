import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { Readers } from '@relance/event-log';
import { Db } from '@relance/postgres';
import { OnLeadFacts } from './consume/on-lead-facts.js';
import { OnLeadWork } from './consume/on-lead-work.js';
import { OnPromise } from './consume/on-promise.js';
import { LeadsController } from './http/leads.controller.js';
import { ClockRepository } from './store/clock.repository.js';
import { CompanyRepository } from './store/company.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { MemberRepository } from './store/member.repository.js';
import { CreateDesk1763800006000 } from './store/migrations/create-desk-1763800006000.js';
import { StoryRepository } from './store/story.repository.js';
import { TimelineRepository } from './store/timeline.repository.js';

/** What happened to this lead? A projection: all it holds is derived from events, and can be rebuilt from them. */
@Module({
  controllers: [OnLeadFacts, OnLeadWork, OnPromise, LeadsController],
  providers: [
    LeadRepository,
    TimelineRepository,
    ClockRepository,
    MemberRepository,
    CompanyRepository,
    { provide: StoryRepository, useFactory: (db: Db) => new StoryRepository(db), inject: [Db] },
  ],
})
export class DeskModule implements OnModuleInit {
  static readonly parts: ServiceParts = { migrations: [CreateDesk1763800006000], rows: [], config: [] };

  constructor(
    private readonly readers: Readers,
    private readonly leads: LeadRepository,
    private readonly timeline: TimelineRepository,
  ) {}

  onModuleInit(): void {
    this.readers.isProjection('desk', async (tx, fromPosition) => {
      await this.leads.forgetFrom(tx, fromPosition);
      await this.timeline.forgetFrom(tx, fromPosition);
    });
  }
}
