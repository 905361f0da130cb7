import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { ScoringModule } from '@relance/scoring';

await startService('scoring', ScoringModule);
