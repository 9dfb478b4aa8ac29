import type { AuditRecord } from '../../../domain/audit-record.ts';
import { dayMs, evidenceBounds } from '../../../domain/bounds.ts';
import type { DeliveryOfAlert } from '../../../store/subject-table.ts';
import type { StaffNames } from './staff-names.ts';
import type { SubjectDocument } from './subject-document.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';
import type { WithheldItems } from './withheld-items.ts';

/** What the entries of a part are made with. */
export interface SubjectContext {
  readonly sources: SubjectSources;
  readonly request: SubjectRequest;
  readonly names: StaffNames;
  readonly withheld: WithheldItems;
  /** Ids of the person's enrolments. */
  readonly own: ReadonlySet<string>;
  /** What is confirmed to show the person. */
  readonly confirmed: ReadonlySet<string>;
  /** What people wrote, as it leaves, by its place. */
  readonly text: (what: string) => string | null;
  /** Files of the archive. */
  readonly files: ReadonlySet<string>;
}

/** What the audit log and the outbox say of alerts. */
export interface SubjectTraces {
  /** Records on a target, oldest first. */
  readonly records: ReadonlyMap<string, readonly AuditRecord[]>;
  /** Wall times at which each alert went into a case. */
  readonly exports: ReadonlyMap<string, readonly number[]>;
  /** Exports of faces for training that an alert went into, by its id: wall milliseconds. */
  readonly learning: ReadonlyMap<string, readonly number[]>;
  readonly deliveries: ReadonlyMap<string, readonly DeliveryOfAlert[]>;
  readonly earlier: readonly number[];
  readonly complete: boolean;
}

export const isoTime = (at: number): string => new Date(at).toISOString();

/** What a list says, as far as it is still there. */
export function listEntry(
  id: string,
  { watchlists, kept }: Pick<SubjectSources, 'watchlists' | 'kept'>,
  formerName: string | null = null,
): SubjectDocument['people'][number]['list'] {
  const list = watchlists.find(id);
  return {
    id,
    name: list?.name ?? formerName,
    purpose: list?.purpose ?? null,
    legalBasis: list?.legalBasis ?? null,
    authorisation: list?.authorisation ?? null,
    owner: list?.owner ?? null,
    expiresAt: list?.expiresAt == null ? null : isoTime(list.expiresAt),
    alertsKeptDays: list?.retentionDays ?? kept.retentionDays(id) ?? null,
  };
}

/** Until when what was made at a time is kept: as long as the list's alerts. */
export function keptUntil(
  madeAt: number,
  watchlistId: string,
  { watchlists, kept }: Pick<SubjectSources, 'watchlists' | 'kept'>,
): number {
  // As the store does for a list that is gone.
  const days = kept.retentionDays(watchlistId) ?? watchlists.find(watchlistId)?.retentionDays ?? 30;
  return madeAt + Math.round(days * dayMs);
}

/** Details of audit records that say nothing of anybody else. */
const shownDetails = new Set([
  ...['watchlist', 'camera', 'template', 'imageSha256', 'fields', 'alert', 'lookAlike'],
  ...['action', 'outcome', 'state', 'sighting', 'picture', 'kind', 'files'],
]);

/** A record as it leaves: with its hash one could find out who stands behind a number. */
export function recordEntry(
  { at, who, what, target, detail }: AuditRecord,
  names: StaffNames,
  hiddenDetails: ReadonlySet<string> = new Set(),
): SubjectDocument['records'][number] {
  const shown = Object.entries((detail ?? {}) as Record<string, unknown>).filter(
    ([key]) => shownDetails.has(key) && !hiddenDetails.has(key),
  );
  return { at: isoTime(at), by: names.of(who), what, target, detail: Object.fromEntries(shown) };
}

/**
 * What the audit log says of somebody's alerts and enrolments, and what the outbox holds of them.
 * @param people whose own records are read
 */
export async function tracesOf(
  {
    alertIds,
    people,
  }: { readonly alertIds: readonly string[]; readonly people: readonly string[] },
  { audit, kept }: Pick<SubjectSources, 'audit' | 'kept'>,
  inTurns: <T>(steps: Generator<void, T>) => Promise<T>,
): Promise<SubjectTraces> {
  const limit = evidenceBounds.recordsOfAlert;
  const records = new Map<string, readonly AuditRecord[]>();
  let complete = true;
  for (const target of [...people, ...alertIds]) {
    const found = await audit.listSlowly({ target, order: 'newest', limit });
    complete &&= found.length < limit;
    records.set(target, found.reverse());
  }
  const ids = new Set(alertIds);
  const exports = new Map<string, number[]>();
  const cases = await audit.listSlowly({ what: 'evidence.exported', order: 'newest', limit });
  for (const { at, detail } of cases.reverse()) {
    for (const id of listed(detail, 'alerts')) {
      if (ids.has(id)) exports.set(id, [...(exports.get(id) ?? []), at]);
    }
  }
  const learning = new Map<string, number[]>();
  const learnt = await audit.listSlowly({ what: 'learning.exported', order: 'newest', limit });
  for (const { at, detail } of learnt.reverse()) {
    for (const id of listed(detail, 'alerts')) {
      if (ids.has(id)) learning.set(id, [...(learning.get(id) ?? []), at]);
    }
  }
  const own = new Set(people);
  const subjects = await audit.listSlowly({ what: 'subject.exported', order: 'newest', limit });
  const earlier = subjects
    .reverse()
    .filter(({ detail }) => listed(detail, 'people').some((id) => own.has(id)))
    .map(({ at }) => at);
  const found = ids.size === 0 ? [] : await inTurns(kept.deliveriesOf(ids));
  const deliveries = Map.groupBy(found, ({ alertId }) => alertId);
  return { records, exports, learning, deliveries, earlier, complete };
}

function listed(detail: unknown, field: string): readonly string[] {
  const value = (detail as Record<string, unknown> | null)?.[field];
  return Array.isArray(value) ? value.map(String) : [];
}
