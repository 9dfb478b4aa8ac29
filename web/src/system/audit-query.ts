import type { AuditExportQuery, AuditQuery } from '../../../src/client/nightglass-client.ts';

/** What of the audit log is asked for; empty text for anything. */
export interface AuditFilter {
  readonly who: string;
  readonly what: string;
  readonly target: string;
  /** Local days as of `<input type=date>`, both included. */
  readonly from: string;
  readonly to: string;
}

export const noFilter: AuditFilter = { who: '', what: '', target: '', from: '', to: '' };

const pageSize = 50;

/** The query of a page of the log, newest first. */
export function auditQuery(filter: AuditFilter, before?: number): AuditQuery {
  const older = before === undefined ? {} : { before };
  return { ...filterQuery(filter), limit: pageSize, order: 'newest', ...older };
}

/** The filter alone, as the export takes it too. */
export function filterQuery(filter: AuditFilter): AuditExportQuery {
  const said = ([, value]: readonly [string, unknown]) => value !== '' && value !== undefined;
  return Object.fromEntries(
    Object.entries({
      who: filter.who.trim(),
      what: filter.what.trim(),
      target: filter.target.trim(),
      from: dayStart(filter.from, 0),
      to: dayStart(filter.to, 1),
    }).filter(said),
  );
}

/** Midnight of a day in the browser's time zone, `later` days on. */
function dayStart(day: string, later: number): number | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  return new Date(year, month - 1, date + later).getTime();
}
