import 'reflect-metadata';
import { migrateDatabase } from '@relance/bootstrap';
import { services } from './services.js';

await migrateDatabase(services);
