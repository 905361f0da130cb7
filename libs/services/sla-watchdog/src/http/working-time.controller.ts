import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { AppError } from '@relance/errors';
import { pageOfAll, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { instantSchema } from '@relance/lead';
import {
  CalendarNeverOpens,
  calendarSchema,
  durationSchema,
  explainDue,
  freezeCalendar,
  parseDuration,
} from '@relance/working-time';
import { MemberRepository } from '../store/member.repository.js';
import type { CalendarView } from '../store/member.repository.js';

const previewSchema = z.strictObject({ calendar: calendarSchema, start: instantSchema, within: durationSchema });

/** Years after the start whose public holidays count; a promise that takes longer is a typing error. */
const yearsAhead = 5;

class CalendarTooClosed extends AppError {
  readonly code = 'sla.calendar-too-closed';
  readonly kind = 'invalid';

  constructor(cause: CalendarNeverOpens) {
    const { code, message } = cause;
    super(message, {}, { cause, issues: [{ pointer: '/calendar', code, message }] });
  }
}

/** How time is counted, to try before a calendar or a promise is written. */
@Controller('api/sla')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class WorkingTimeController {
  constructor(private readonly members: MemberRepository) {}

  @Post('working-time/preview')
  @HttpCode(200)
  preview(@Body({ schema: previewSchema }) body: z.infer<typeof previewSchema>): {
    dueAt: string;
    explanation: string;
  } {
    const start = new Date(body.start);
    const years = Array.from({ length: yearsAhead + 2 }, (_, index) => start.getUTCFullYear() - 1 + index);
    try {
      const due = explainDue(freezeCalendar(body.calendar, years), start, parseDuration(body.within));
      return { dueAt: due.dueAt.toISOString(), explanation: due.explanation };
    } catch (error) {
      if (!(error instanceof CalendarNeverOpens)) throw error;
      throw new CalendarTooClosed(error);
    }
  }

  /** Calendars as they are counted on, with their public holidays written out. */
  @Get('calendars')
  async calendars(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<CalendarView>> {
    return pageOfAll(await this.members.calendars(), page, ({ member }) => member);
  }
}
