import type { Service } from '@relance/events';

export interface RedriveReport {
  readonly eligible: number;
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
  readonly redriven: number;
}

/** Which service may handle which letters, and which letters nobody may. */
export interface RedrivePlan {
  readonly byService: ReadonlyMap<Service, readonly string[]>;
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
}

/**
 * Finds out whose a letter is by what each service said when it was asked, without doing anything: a letter belongs to
 * the one that does not skip it.
 *
 * @param silent services that said nothing: a letter that nobody has may be theirs.
 */
export function planRedrive(
  ids: readonly string[],
  rehearsed: readonly { readonly service: Service; readonly report: RedriveReport }[],
  silent: readonly Service[],
): RedrivePlan {
  const byService = new Map<Service, string[]>();
  const skipped: { id: string; why: string }[] = [];
  for (const id of new Set(ids)) {
    const owner = rehearsed.find(({ report }) => !report.skipped.some((letter) => letter.id === id));
    if (owner) byService.set(owner.service, [...(byService.get(owner.service) ?? []), id]);
    else skipped.push({ id, why: whyNobody(id, rehearsed, silent) });
  }
  return { byService, skipped };
}

function whyNobody(
  id: string,
  rehearsed: readonly { readonly report: RedriveReport }[],
  silent: readonly Service[],
): string {
  if (silent.length > 0) return `no service that answers has it; ${silent.join(', ')} did not answer`;
  return rehearsed.flatMap(({ report }) => report.skipped).find((letter) => letter.id === id)?.why ?? 'not parked';
}

/** What all of them did, as one report. */
export function sumReports(reports: readonly RedriveReport[], skipped: RedrivePlan['skipped']): RedriveReport {
  return {
    eligible: reports.reduce((sum, report) => sum + report.eligible, 0),
    skipped: [...skipped, ...reports.flatMap((report) => report.skipped)],
    redriven: reports.reduce((sum, report) => sum + report.redriven, 0),
  };
}
