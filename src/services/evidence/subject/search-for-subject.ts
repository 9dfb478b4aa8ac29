import type { Alert } from '../../../domain/alert.ts';
import { camerasOf } from '../../../domain/alert-filter.ts';
import { subjectBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { ListMatch } from '../../../domain/match.ts';
import { inForce } from '../../../domain/watchlist.ts';
import type { SubjectTable } from '../../../store/subject-table.ts';
import { inTurns } from '../../in-turns.ts';
import type { SearchedFace } from '../../search/search-service.ts';
import type { WatchlistStore } from '../../watchlists/watchlist-store.ts';
import { isoTime } from './subject-context.ts';
import type { SubjectDocument } from './subject-document.ts';
import type { SubjectSources } from './subject-sources.ts';

/** Somebody on a list who looks like the picture, with what there is for a person to look at. */
export interface SubjectCandidate {
  readonly personId: string;
  readonly personName: string;
  readonly list: string;
  readonly score: number;
  readonly threshold: number;
  /** Whether the list would take the two for one. */
  readonly matched: boolean;
  readonly alerts: readonly {
    readonly id: string;
    readonly at: string;
    readonly cameras: readonly string[];
    readonly score: number | null;
  }[];
  /** Ids of sightings in recorded footage. */
  readonly sightings: readonly string[];
  /** Alerts of this person that are not shown here: the oldest ones. */
  readonly further: number;
}

export interface SubjectSearch {
  /** What the answer says of it. */
  readonly summary: NonNullable<SubjectDocument['search']>;
  /** Best first. */
  readonly candidates: readonly SubjectCandidate[];
}

/** Where candidates and their alerts are. */
export interface SubjectSearchSources extends Pick<SubjectSources, 'alerts'> {
  readonly watchlists: Pick<WatchlistStore, 'countPeople' | 'findPerson' | 'list'>;
  readonly kept: Pick<SubjectTable, 'footageOf'>;
  readonly now: () => number;
  /** What whoever asks may see; default all. */
  readonly may?: {
    alert(alert: Alert): boolean;
    /** Of a score: while somebody is to judge an alert, none is shown. */
    score(alert: Alert): boolean;
  };
}

/**
 * What is kept that a picture of somebody may show: people on lists who look most like it, with
 * their alerts, for a person to look at. The picture is nowhere any more.
 * @param faces what the search of the picture found
 * @param watchlistIds the lists that were searched
 * @throws NightglassError `BAD_REQUEST` for a picture of several people: others have not asked;
 * `NO_FACE`
 */
export async function searchForSubject(
  faces: readonly SearchedFace[],
  watchlistIds: readonly string[],
  sources: SubjectSearchSources,
): Promise<SubjectSearch> {
  const [face, another] = faces;
  if (face === undefined) throw new NightglassError('NO_FACE', 'No face was found in the picture');
  if (another !== undefined) {
    throw new NightglassError(
      'BAD_REQUEST',
      'Cannot search for who asks: the picture shows several people',
      { hint: 'Cut it to the one who asks: the others have not.' },
    );
  }
  const candidates: SubjectCandidate[] = [];
  for (const match of [...face.candidates].sort((a, b) => b.scores.fused - a.scores.fused)) {
    candidates.push(await candidateOf(match, sources));
  }
  const { watchlists, now } = sources;
  const searched = new Set(watchlistIds);
  return {
    candidates,
    summary: {
      at: isoTime(now()),
      pictureKept: false,
      faces: faces.length,
      lists: watchlists
        .list()
        .filter(({ id }) => searched.has(id))
        .map(({ id, name }) => {
          const own = face.candidates.filter((each) => each.watchlistId === id);
          return {
            name,
            people: watchlists.countPeople(id),
            threshold: own[0]?.threshold ?? null,
            candidates: own.length,
            matches: own.filter(({ matched }) => matched).length,
          };
        }),
      notSearched: watchlists
        .list()
        .filter((list) => !searched.has(list.id) || !inForce(list, now()))
        .map(({ name }) => name),
      alertsLookedAt: candidates.reduce((sum, { alerts }) => sum + alerts.length, 0),
      sightingsLookedAt: candidates.reduce((sum, { sightings }) => sum + sightings.length, 0),
    },
  };
}

async function candidateOf(
  { matched, personId, personName, scores, threshold, watchlistId, watchlistName }: ListMatch,
  { alerts, kept, may, watchlists }: SubjectSearchSources,
): Promise<SubjectCandidate> {
  const limit = subjectBounds.alertsOfCandidate;
  const page = await inTurns(alerts.pageInSteps({ personId, limit }));
  const seen = page.alerts.filter((alert) => may?.alert(alert) !== false);
  const isThere = watchlists.findPerson(personId) !== undefined;
  return {
    ...{ personId, personName, list: watchlistName, score: scores.fused, threshold, matched },
    alerts: seen.map((alert) => ({
      id: alert.id,
      at: isoTime(alert.capturedAt),
      cameras: [...new Set(camerasOf(alert))],
      score: may?.score(alert) === false ? null : alert.scores.fused,
    })),
    sightings: isThere ? kept.footageOf({ id: personId, watchlistId }).slice(0, limit) : [],
    further: page.total - page.alerts.length,
  };
}
