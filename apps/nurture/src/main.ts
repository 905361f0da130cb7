import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { NurtureModule } from '@relance/nurture';

await startService('nurture', NurtureModule);
