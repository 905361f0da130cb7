export { SlaWatchdogModule } from './sla-watchdog.module.js';
