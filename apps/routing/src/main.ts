import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { RoutingModule } from '@relance/routing';

await startService('routing', RoutingModule);
