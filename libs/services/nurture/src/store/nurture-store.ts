import { Injectable } from '@nestjs/common';
import { EnrolmentRepository } from './enrolment.repository.js';
import { LeadRepository } from './lead.repository.js';
import { TrackRepository } from './track.repository.js';

/** Leads, what they are enrolled in, and the tracks there are: what news of a lead change. */
@Injectable()
export class NurtureStore {
  constructor(
    readonly leads: LeadRepository,
    readonly enrolments: EnrolmentRepository,
    readonly tracks: TrackRepository,
  ) {}
}
