import type { Actor } from '../../domain/audit-entry.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import { learningBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { CaseWatch } from '../evidence/case-progress.ts';
import type { ExportedArchive } from '../evidence/export-jobs.ts';
import { inTurns } from '../in-turns.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import {
  describePeople,
  type FoundPerson,
  type LearningOverview,
  type LearningPerson,
  type LearningPersonDetail,
  overviewOf,
  sampleOf,
} from './learning-overview.ts';
import {
  excludeFromLearning,
  includeInLearning,
  type LearningPolicy,
  type LearningScope,
  type LearningSources,
  learntPeople,
} from './learning-samples.ts';
import { type ArchiveSources, SampleArchives, type SampleOrder } from './samples-archive.ts';

export interface PeoplePage {
  /** Ids of people come after it. */
  readonly after: string;
  readonly limit: number;
}

/** What the gateway needs of faces for training. */
export interface LearningService {
  /** @throws NightglassError `LEARNING_OFF` */
  assertOn(): void;
  /** @throws NightglassError `LEARNING_OFF` */
  overview(scope: LearningScope): Awaitable<LearningOverview>;
  /**
   * By id: those whose faces may be taken, and those who are excluded.
   * @throws NightglassError `LEARNING_OFF`
   */
  people(scope: LearningScope, page: PeoplePage): Awaitable<readonly LearningPerson[]>;
  /** Somebody whom the asker may see. @throws NightglassError `LEARNING_OFF`, `NOT_FOUND` */
  person(id: string, scope: LearningScope): Awaitable<LearningPersonDetail>;
  /** Also while it is off: who objects does so when they do. @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE` */
  exclude(personId: string, by: Actor): Awaitable<void>;
  /** @throws NightglassError as `exclude` does */
  include(personId: string, by: Actor): Awaitable<void>;
  /** @throws NightglassError `LEARNING_OFF`, and those of {@link SampleArchives.make} */
  make(order: SampleOrder, watch: CaseWatch): Promise<ExportedArchive>;
  /** @throws NightglassError `CONFLICT`, as {@link SampleArchives.assertCurrent} does */
  assertCurrent(order: SampleOrder): Promise<void>;
}

export interface LearningServiceSources extends Omit<ArchiveSources, 'audit' | 'watchlists'> {
  /** Undefined where the configuration has none. */
  readonly policy: LearningPolicy | undefined;
  readonly store: LearningSources['store'];
  readonly audit: Pick<AuditLog, 'record' | 'require'>;
  readonly watchlists: Pick<
    WatchlistStore,
    'find' | 'findPerson' | 'peopleOf' | 'templateFacts' | 'templateImage'
  >;
}

/** Faces that may be taken for training, for those who may see them. */
export function learningService(sources: LearningServiceSources): LearningService {
  const { policy: configured, table, watchlists } = sources;
  const archives = configured && new SampleArchives(configured, sources);
  const policy = (): LearningPolicy => configured ?? off();
  const learnt = (scope: LearningScope, personId?: string) =>
    inTurns(learntPeople({ ...policy(), personId }, sources, scope));
  const excludedIn = ({ watchlists: seen }: LearningScope) =>
    table.exclusions().filter(({ watchlistId }) => seen === '*' || seen.includes(watchlistId));

  return {
    assertOn: () => void policy(),
    async overview(scope) {
      const excluded = excludedIn(scope).length;
      return overviewOf(await learnt(scope), excluded, policy(), scope, watchlists);
    },
    async people(scope, { after, limit }) {
      const { people } = await learnt(scope);
      const found = new Map<string, FoundPerson>();
      for (const { personId, watchlistId, at, by } of excludedIn(scope)) {
        found.set(personId, { personId, watchlistId, alerts: [], excluded: { at, by } });
      }
      for (const person of people) found.set(person.personId, { ...person, excluded: null });
      const ids = [...found.keys()].filter((id) => id > after).sort();
      const page = ids.slice(0, limit).flatMap((id) => found.get(id) ?? []);
      return describePeople(page, policy(), watchlists);
    },
    async person(id, scope) {
      const { people } = await learnt(scope, id);
      const known = watchlists.findPerson(id) ?? noPerson(id);
      const { watchlistId } = known;
      const alerts = people[0]?.alerts ?? [];
      const exclusion = excludedIn(scope).find(({ personId }) => personId === id);
      const excluded = exclusion === undefined ? null : { at: exclusion.at, by: exclusion.by };
      const found = { personId: id, watchlistId, alerts, excluded };
      const [person = noPerson(id)] = describePeople([found], policy(), watchlists);
      const list = watchlists.find(watchlistId) ?? noPerson(id);
      const samples = alerts
        .slice(0, learningBounds.shownAlerts)
        .map((alert) => sampleOf(alert, policy(), list));
      return { ...person, samples };
    },
    exclude: (personId, by) => excludeFromLearning(personId, by, sources),
    include: (personId, by) => includeInLearning(personId, by, sources),
    make: async (order, watch) => (archives ?? off()).make(order, watch),
    assertCurrent: async (order) => archives?.assertCurrent(order),
  };
}

/** @throws NightglassError always */
function off(): never {
  throw new NightglassError(
    'LEARNING_OFF',
    'Cannot take faces for training: the configuration has no learning',
    {
      hint: 'Say under learning: in the configuration on which legal basis, for how long and of which watchlists, then restart.',
    },
  );
}

/** @throws NightglassError always */
function noPerson(id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the person ${id}`);
}
