import 'reflect-metadata';
import { startServices } from '@relance/bootstrap';
import { services } from './services.js';

await startServices(services);
