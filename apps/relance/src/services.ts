import type { Services } from '@relance/bootstrap';
import { DeskModule } from '@relance/desk';
import { IngestionModule } from '@relance/ingestion';
import { NurtureModule } from '@relance/nurture';
import { RoutingModule } from '@relance/routing';
import { ScoringModule } from '@relance/scoring';
import { SlaWatchdogModule } from '@relance/sla-watchdog';

/** Every service, for a process that is all of them. */
export const services = {
  ingestion: IngestionModule,
  scoring: ScoringModule,
  routing: RoutingModule,
  'sla-watchdog': SlaWatchdogModule,
  nurture: NurtureModule,
  desk: DeskModule,
} satisfies Services;
