export { BullJobs } from './bull-jobs.js';
export { Jobs } from './jobs.js';
export type { JobHandler, JobRun, ScheduledJob, WorkOptions } from './jobs.js';
export { jobsConfig } from './jobs.config.js';
export { JobsUnavailable } from './jobs-unavailable.error.js';
