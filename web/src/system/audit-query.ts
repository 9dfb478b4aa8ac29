import type { AuditExportQuery, AuditQuery } from '../../../src/client/nightglass-client.ts';
import { momentOf } from '../i18n/zoned-time.ts';

/** What of the audit log is asked for; empty text for anything. */
export interface AuditFilter {
  readonly who: string;
  readonly what: string;
  readonly target: string;
  /** Days in the page's time zone, as of `<input type=date>`, both included. */
  readonly from: string;
  readonly to: string;
}

export const noFilter: AuditFilter = { who: '', what: '', target: '', from: '', to: '' };

const pageSize = 50;

/** The query of a page of the log, newest first. @param zone of the filter's days, by IANA */
export function auditQuery(filter: AuditFilter, zone: string, before?: number): AuditQuery {
  const older = before === undefined ? {} : { before };
  return { ...filterQuery(filter, zone), limit: pageSize, order: 'newest', ...older };
}

/** The filter alone, as the export takes it too. */
export function filterQuery(filter: AuditFilter, zone: string): AuditExportQuery {
  const said = ([, value]: readonly [string, unknown]) => value !== '' && value !== undefined;
  return Object.fromEntries(
    Object.entries({
      who: filter.who.trim(),
      what: filter.what.trim(),
      target: filter.target.trim(),
      from: momentOf(filter.from, zone),
      to: momentOf(filter.to, zone, 1),
    }).filter(said),
  );
}
