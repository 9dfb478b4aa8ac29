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
export function auditQuery(filter: AuditFilter, before?: number): URLSearchParams {
  const query = filterQuery(filter);
  query.set('limit', String(pageSize));
  query.set('order', 'newest');
  if (before !== undefined) query.set('before', String(before));
  return query;
}

/** The filter alone, as the export takes it too. */
export function filterQuery(filter: AuditFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['who', 'what', 'target'] as const) {
    const value = filter[name].trim();
    if (value !== '') query.set(name, value);
  }
  const from = dayStart(filter.from, 0);
  const to = dayStart(filter.to, 1);
  if (from !== undefined) query.set('from', String(from));
  if (to !== undefined) query.set('to', String(to));
  return query;
}

/** Midnight of a day in the browser's time zone, `later` days on. */
function dayStart(day: string, later: number): number | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  return new Date(year, month - 1, date + later).getTime();
}
