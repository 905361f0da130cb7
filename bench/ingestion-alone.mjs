// One service in a process of its own, as `start:services` runs it.
import 'reflect-metadata';
import { startServices } from '@relance/bootstrap';
import { IngestionModule } from '@relance/ingestion';

await startServices({ ingestion: IngestionModule });
