import type { AuditQuery } from '../../domain/audit-query.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import type { PeopleSeen } from '../../store/people-seen-table.ts';
import { type Period, type TransparencyReport, TransparencyTally } from './transparency-report.ts';
import { type UseOfList, UsesOfLists } from './uses-of-lists.ts';

/** Where reports come from. */
export interface ReportSources {
  readonly audit: { records(query?: AuditQuery): AsyncIterable<AuditRecord> };
  /** Null where nobody counted. */
  readonly seen: { between(from: number, to: number): readonly PeopleSeen[] } | null;
}

/** What was done in a period; the log is read in turns. */
export async function transparencyReport(
  { audit, seen }: ReportSources,
  period: Period,
): Promise<TransparencyReport> {
  const tally = new TransparencyTally(period);
  let first: number | null = null;
  for await (const { at } of audit.records({ limit: 1 })) first = at;
  for await (const record of audit.records({ from: period.from })) tally.add(record);
  return tally.report(seen?.between(period.from, period.to) ?? null, first);
}

/** Uses of lists that touch a period, from the log's start: what began earlier may go on in it. */
export async function usesOfLists(
  { audit }: Pick<ReportSources, 'audit'>,
  { from, to }: Pick<Period, 'from' | 'to'>,
): Promise<UseOfList[]> {
  const uses = new UsesOfLists();
  for await (const record of audit.records()) uses.add(record);
  return uses.between(from, to);
}
