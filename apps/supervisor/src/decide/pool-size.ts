/** Connections that the embedded Postgres takes. */
const takenAtMost = 60;
/** For the relay, whose lock has a connection of its own, for what ends while its successor starts, and for people. */
const keptFree = 6;
/** What a process's jobs hold on to when they wait in Postgres. */
const ofJobs = 5;
const enough = 8;
const tooFew = 4;

/**
 * How many connections each service process may open, so that all of them together never ask the embedded Postgres for
 * more than it takes: nobody can be refused one.
 *
 * @returns null when there are too many processes for it.
 */
export function poolSize(processes: number, areJobsInPostgres: boolean): number | null {
  const each = Math.floor((takenAtMost - keptFree) / processes) - (areJobsInPostgres ? ofJobs : 0);
  return each < tooFew ? null : Math.min(each, enough);
}
