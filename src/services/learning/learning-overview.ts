import { type BestKind, bestKinds } from '../../domain/alert.ts';
import { dayMs, learningBounds } from '../../domain/bounds.ts';
import type { Watchlist } from '../../domain/watchlist.ts';
import type { ConfirmedAlert, LearningExclusion } from '../../store/learning-table.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { LearningPolicy, LearningScope, Learnt, LearntPerson } from './learning-samples.ts';

/** How many confirmed alerts there are, and recorded faces with them. */
export interface LearntCount {
  readonly alerts: number;
  readonly pictures: number;
}

export interface LearningOverview extends LearntCount {
  readonly policy: Omit<LearningPolicy, 'watchlists'>;
  /** Pixels between the eyes from which on an export leaves a face out. */
  readonly poorFace: number;
  readonly people: number;
  readonly excluded: number;
  /** Those that the policy names and whoever asks may see. */
  readonly lists: readonly (Pick<Watchlist, 'id' | 'name' | 'retentionDays' | 'expiresAt'> &
    LearntCount & { readonly people: number })[];
  readonly cameras: readonly (LearntCount & { readonly id: string })[];
  /** Ids that the policy names and no list has; none for who may not see all lists. */
  readonly unknown: readonly string[];
  /** False where there are more alerts than an export looks at: these are the newest. */
  readonly complete: boolean;
}

/** Somebody whose faces may be taken, or who is excluded. Times are wall milliseconds. */
export interface LearningPerson extends LearntCount {
  readonly personId: string;
  readonly name: string;
  readonly watchlistId: string;
  /** An enrolled picture; null where there is none. */
  readonly templateId: string | null;
  readonly excluded: Pick<LearningExclusion, 'at' | 'by'> | null;
  /** Of the newest alert; null where there is none. */
  readonly newest: number | null;
  /** When the last of these faces is taken no more; null where there is none. */
  readonly until: number | null;
}

/** The recorded faces of an alert. Times are wall milliseconds. */
export interface LearningSample {
  readonly alertId: string;
  readonly cameraId: string;
  readonly createdAt: number;
  /** When they are taken no more. */
  readonly takenUntil: number;
  /** When the alert is deleted, its pictures with it. */
  readonly keptUntil: number;
  readonly kinds: readonly BestKind[];
}

export interface LearningPersonDetail extends LearningPerson {
  /** The newest; `alerts` counts all. */
  readonly samples: readonly LearningSample[];
}

/** What is known of somebody before they are named. */
export interface FoundPerson extends LearntPerson {
  readonly excluded: LearningPerson['excluded'];
}

type Lists = Pick<WatchlistStore, 'find' | 'peopleOf' | 'templateFacts'>;

/** Counts by list and camera, in the order of the policy and of the ids. */
export function overviewOf(
  { complete, people }: Learnt,
  excluded: number,
  policy: LearningPolicy,
  scope: LearningScope,
  lists: Pick<Lists, 'find'>,
): LearningOverview {
  const { watchlists: named, ...asked } = policy;
  const seen = [...new Set(named)].filter(
    (id) => scope.watchlists === '*' || scope.watchlists.includes(id),
  );
  const ofList = Map.groupBy(people, ({ watchlistId }) => watchlistId);
  const alerts = people.flatMap((person) => person.alerts);
  const ofCamera = Map.groupBy(alerts, ({ cameraId }) => cameraId);
  return {
    policy: asked,
    poorFace: learningBounds.poorFace,
    people: people.length,
    ...countOf(alerts),
    excluded,
    lists: seen.flatMap((id) => {
      const list = lists.find(id);
      if (list === undefined) return [];
      const { expiresAt, name, retentionDays } = list;
      const own = ofList.get(id) ?? [];
      const counts = countOf(own.flatMap((person) => person.alerts));
      return { id, name, retentionDays, expiresAt, people: own.length, ...counts };
    }),
    cameras: [...ofCamera]
      .map(([id, own]) => ({ id, ...countOf(own) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    unknown: seen.filter((id) => scope.watchlists === '*' && lists.find(id) === undefined),
    complete,
  };
}

/** With names and an enrolled picture; who was removed meanwhile is left out. */
export function describePeople(
  found: readonly FoundPerson[],
  policy: LearningPolicy,
  lists: Lists,
): LearningPerson[] {
  const ids = found.map(({ personId }) => personId);
  const names = new Map(lists.peopleOf(ids).map(({ id, name }) => [id, name]));
  const templates = Map.groupBy(lists.templateFacts(ids), ({ personId }) => personId);
  return found.flatMap(({ alerts, excluded, personId, watchlistId }) => {
    const name = names.get(personId);
    const list = lists.find(watchlistId);
    if (name === undefined || list === undefined) return [];
    const [newest] = alerts;
    return {
      ...{ personId, name, watchlistId, excluded },
      templateId: templates.get(personId)?.[0]?.id ?? null,
      ...countOf(alerts),
      newest: newest?.createdAt ?? null,
      until: newest === undefined ? null : endsOf(newest, policy, list).takenUntil,
    };
  });
}

/** The faces of an alert, and how long each is there. */
export function sampleOf(
  alert: ConfirmedAlert,
  policy: LearningPolicy,
  list: Pick<Watchlist, 'retentionDays' | 'expiresAt'>,
): LearningSample {
  const { cameraId, createdAt, id, pictures } = alert;
  const kinds = bestKinds.slice(0, pictures);
  return { alertId: id, cameraId, createdAt, ...endsOf(alert, policy, list), kinds };
}

/** Of whom the list ends, nobody is enrolled any more: their alerts stay as long as the list says. */
function endsOf(
  { createdAt }: Pick<ConfirmedAlert, 'createdAt'>,
  { retention }: Pick<LearningPolicy, 'retention'>,
  { expiresAt, retentionDays }: Pick<Watchlist, 'retentionDays' | 'expiresAt'>,
) {
  const keptUntil = createdAt + Math.round(retentionDays * dayMs);
  const takenUntil = Math.min(keptUntil, createdAt + retention, expiresAt ?? Infinity);
  return { takenUntil, keptUntil };
}

function countOf(alerts: readonly ConfirmedAlert[]): LearntCount {
  return {
    alerts: alerts.length,
    pictures: alerts.reduce((sum, { pictures }) => sum + pictures, 0),
  };
}
