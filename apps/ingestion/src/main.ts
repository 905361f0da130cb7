import 'reflect-metadata';
import { startService } from '@relance/bootstrap';
import { IngestionModule } from '@relance/ingestion';

await startService('ingestion', IngestionModule);
