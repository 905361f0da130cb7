import 'reflect-metadata';
import { setUp } from '@relance/bootstrap';
import { services } from './services.js';

await setUp(services);
