import { expect, it } from '@jest/globals';
import { serviceOfPath } from './service-of-path.js';

it.each([
  ['/in/forms/site?debug=1', 'ingestion'],
  ['/u/abc', 'nurture'],
  ['/api/ingestion/sources', 'ingestion'],
  ['/api/scoring/definitions', 'scoring'],
  ['/api/routing?x=/in/', 'routing'],
  ['/api/sla/clocks?leadId=1', 'sla-watchdog'],
  ['/api/nurture', 'nurture'],
  ['/api/desk/leads', 'desk'],
  ['/', 'desk'],
  ['/inbox', 'desk'],
  ['/users', 'desk'],
  ['/api/slalom', 'desk'],
])('sends %s to %s', (url, service) => {
  expect(serviceOfPath(url)).toBe(service);
});
