export { Jobs } from './jobs.js';
export type { JobHandler, JobRun, ScheduledJob, WorkOptions } from './jobs.js';
export { JobsUnavailable } from './jobs-unavailable.error.js';
