import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { DeskModule } from '@relance/desk';

await startService('desk', DeskModule);
