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

/** Whose alerts are looked at: what whoever asks may see. */
export interface LearningScope {
  /** Ids; of others than the policy names none count. */
  readonly watchlists: '*' | readonly string[];
  readonly cameras: '*' | readonly string[];
}

/** The confirmed alerts of somebody whose faces may be taken, the newest first. */
export interface LearntPerson {
  readonly personId: string;
  readonly watchlistId: string;
  readonly alerts: readonly ConfirmedAlert[];
}

export interface Learnt {
  readonly people: readonly LearntPerson[];
  /** False where there are more alerts than are looked at: these are the newest. */
  readonly complete: boolean;
}

type LearntQuery = Pick<LearningPolicy, 'retention' | 'watchlists'> & {
  /** Of this person alone. */
  readonly personId?: string | undefined;
};

/** Rows of one step, some milliseconds. */
const stepRows = 100;

/**
 * Whose faces may be taken for training now, in steps. They are read from the alerts each time: no
 * copy is kept.
 */
export function* learntPeople(
  { retention, watchlists, personId }: LearntQuery,
  { now, table }: Pick<LearningSources, 'now' | 'table'>,
  scope: LearningScope = { watchlists: '*', cameras: '*' },
): Generator<void, Learnt> {
  const since = now() - retention;
  const limit = learningBounds.alerts;
  let complete = true;
  let alerts: ConfirmedAlert[] = [];
  for (const watchlistId of new Set(watchlists)) {
    if (!includes(scope.watchlists, watchlistId)) continue;
    const own: ConfirmedAlert[] = [];
    for (let after: ConfirmedAlert | undefined; own.length <= limit; ) {
      const page = table.confirmed({ watchlistId, personId, since, limit: stepRows, after });
      own.push(...page.filter(({ cameraId }) => includes(scope.cameras, cameraId)));
      after = page.at(-1);
      if (page.length < stepRows) break;
      yield;
    }
    alerts = [...alerts, ...own].sort(newestFirst);
    complete &&= alerts.length <= limit;
    alerts.length = Math.min(alerts.length, limit);
    yield;
  }
  const people = [...Map.groupBy(alerts, (alert) => alert.personId)].map(([id, own]) => ({
    personId: id,
    watchlistId: own[0]?.watchlistId ?? '',
    alerts: own,
  }));
  return { people, complete };
}

function includes(all: '*' | readonly string[], one: string): boolean {
  return all === '*' || all.includes(one);
}

function newestFirst(a: ConfirmedAlert, b: ConfirmedAlert): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  return a.id < b.id ? 1 : -1;
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
