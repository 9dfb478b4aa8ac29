import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { learningBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { ConfirmedAlert, LearningTable } from '../../store/learning-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';

/** What the configuration allows. */
export interface LearningPolicy {
  readonly legalBasis: string;
  /** Milliseconds. */
  readonly retention: number;
  readonly watchlists: readonly string[];
  /** Pictures, at most. */
  readonly perPerson: number;
  readonly pictures: number;
}

export interface LearningSources {
  readonly store: Pick<Store, 'write'>;
  readonly table: LearningTable;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: Pick<WatchlistStore, 'findPerson'>;
  readonly now: () => number;
}

/** The confirmed alerts of somebody whose faces may be taken, the newest first. */
export interface LearntPerson {
  readonly personId: string;
  readonly watchlistId: string;
  readonly alerts: readonly ConfirmedAlert[];
}

/** Whose faces may be taken for training now. They are read from the alerts each time: no copy is kept. */
export function learntPeople(
  policy: Pick<LearningPolicy, 'retention' | 'watchlists'>,
  { now, table }: Pick<LearningSources, 'now' | 'table'>,
): LearntPerson[] {
  const since = now() - policy.retention;
  const alerts = table.confirmed(policy.watchlists, since, learningBounds.alerts);
  return [...Map.groupBy(alerts, ({ personId }) => personId)].map(([personId, own]) => ({
    personId,
    watchlistId: own[0]?.watchlistId ?? '',
    alerts: own,
  }));
}

/**
 * From now on nothing of this person is taken for training; on record.
 * @throws NightglassError `NOT_FOUND`, `CONFLICT` where they are excluded already, `STORE_UNWRITABLE`
 */
export function excludeFromLearning(personId: string, by: Actor, sources: LearningSources): void {
  const { audit, now, store, table } = sources;
  const { watchlistId } = known(personId, sources);
  store.write(() => {
    if (!table.exclude({ personId, at: now(), by: by.name })) {
      throw conflict(`Cannot exclude ${personId} from training: they are excluded already`);
    }
    audit.record(auditEntry(by, 'learning.person_excluded', personId, { watchlistId }));
  });
}

/** Takes back {@link excludeFromLearning}; on record. @throws NightglassError as that does */
export function includeInLearning(personId: string, by: Actor, sources: LearningSources): void {
  const { audit, store, table } = sources;
  const { watchlistId } = known(personId, sources);
  store.write(() => {
    if (!table.include(personId)) {
      throw conflict(`Cannot take ${personId} for training again: they are not excluded`);
    }
    audit.record(auditEntry(by, 'learning.person_included', personId, { watchlistId }));
  });
}

function known(personId: string, { watchlists }: Pick<LearningSources, 'watchlists'>) {
  const person = watchlists.findPerson(personId);
  if (person !== undefined) return person;
  throw new NightglassError('NOT_FOUND', `Cannot find the person ${personId}`);
}

function conflict(message: string): NightglassError {
  return new NightglassError('CONFLICT', message);
}
