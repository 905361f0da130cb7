import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { SlaWatchdogModule } from '@relance/sla-watchdog';

await startService('sla-watchdog', SlaWatchdogModule);
