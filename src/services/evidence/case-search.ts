import type { Alert } from '../../domain/alert.ts';
import { evidenceBounds } from '../../domain/bounds.ts';
import { type ErrorCode, NightglassError } from '../../domain/errors.ts';
import type { FootageJob, FootageSighting } from '../../domain/footage.ts';
import type { DecidedAlert } from '../../domain/raised-alert.ts';
import type { FootageJobTable } from '../../store/footage-job-table.ts';
import type { FootageSightingTable, KeptSighting } from '../../store/footage-sighting-table.ts';
import { fileBeginnings } from '../footage/file-beginnings.ts';
import { toFootageSighting } from '../footage/footage-sightings.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { CheckedRecording } from './recordings.ts';
import { type SearchedFiles, searchedFiles } from './searched-files.ts';

/** What a case takes of a search of recorded footage: sightings by their ids, or all of one person. */
export type SearchChoice = { readonly search: string } & (
  | { readonly sightings: readonly string[] }
  | { readonly person: string }
);

/** Where searches, what they found, and the files that they searched are. */
export interface CaseFootage {
  readonly jobs: Pick<FootageJobTable, 'find' | 'positions'>;
  readonly found: Pick<FootageSightingTable, 'find' | 'ofPerson' | 'picture'>;
  readonly watchlists: Pick<WatchlistStore, 'find'>;
  /**
   * A file that was searched, to be cut: it must still be the one with this hash.
   * @param signal ends it at once
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `CONFLICT`, `BUSY`; the signal's reason
   */
  open(
    file: { readonly path: string; readonly sha256: string },
    signal?: AbortSignal,
  ): Promise<CheckedRecording>;
}

/** A sighting as a case tells of it: all that its match rests on. */
export interface CaseSighting
  extends Omit<FootageSighting, 'preliminary'>,
    Pick<Alert, 'gallerySize' | 'meanGate' | 'components' | 'models' | 'configHash'> {
  /** Where its clip begins: seconds in the file, and wall time (ISO 8601); null without one. */
  readonly clip: { readonly from: number; readonly time: string | null } | null;
}

/** A file in which somebody was seen. */
export interface CaseRecording {
  /** Its number among the files of the search, from 0. */
  readonly file: number;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly seconds: number | null;
  /** Wall time at which it begins, ISO 8601; null where nobody said so. */
  readonly begins: string | null;
  /** Code of the error for which it was left out from some place on; null where it was not. */
  readonly failure: ErrorCode | null;
}

/** A search of recorded footage, with those of its sightings that are in the case. */
export interface CaseSearch
  extends Omit<FootageJob, 'files' | 'watchlistIds' | 'figures' | 'sightings' | 'origin'>,
    SearchedFiles {
  readonly lists: readonly { readonly id: string; readonly name: string }[];
  /** Of the whole search. */
  readonly sightingsFound: number;
  readonly recordings: readonly CaseRecording[];
  readonly sightings: readonly CaseSighting[];
}

/**
 * The searches that are meant with the sightings that are meant, each once.
 * @throws NightglassError `BAD_REQUEST` for too many, `NOT_FOUND`, `CONFLICT` for what a quick look found, `FORBIDDEN` where a list asks for
 * two people by now and nobody authorised the search
 */
export function searchesOfCase(
  choices: readonly SearchChoice[],
  footage: CaseFootage,
): CaseSearch[] {
  const chosen = new Map<string, Map<string, KeptSighting>>();
  for (const choice of choices) {
    const kept = chosen.get(choice.search) ?? new Map<string, KeptSighting>();
    for (const each of sightingsOf(choice, footage)) kept.set(each.alert.id, each);
    chosen.set(choice.search, kept);
  }
  const count = [...chosen.values()].reduce((sum, { size }) => sum + size, 0);
  if (count > evidenceBounds.sightings || chosen.size > evidenceBounds.searches) throw tooMany();
  return [...chosen].map(([id, kept]) => caseSearch(jobOf(id, footage), kept, footage));
}

function sightingsOf(choice: SearchChoice, { found }: CaseFootage): readonly KeptSighting[] {
  const { search } = choice;
  if ('person' in choice) {
    const all = found
      .ofPerson(search, choice.person, evidenceBounds.sightings + 1)
      // What a quick look found goes as the search itself comes there.
      .filter(({ preliminary }) => !preliminary);
    if (all.length > 0) return all;
    throw missing(`The search ${search} has no sighting of the person ${choice.person}`);
  }
  return choice.sightings.map((id) => {
    const kept = found.find(id);
    if (kept?.jobId === search && !kept.preliminary) return kept;
    if (kept?.jobId === search) throw notYet(id);
    throw missing(`The search ${search} has no sighting ${id}`);
  });
}

function jobOf(id: string, { jobs, watchlists }: CaseFootage): FootageJob {
  const job = jobs.find(id);
  if (job === undefined) throw missing(`There is no search of footage ${id}`);
  const askTwo = job.watchlistIds.some((list) => watchlists.find(list)?.twoPersonReview === true);
  if (!askTwo || job.decidedBy !== null) return job;
  throw new NightglassError(
    'FORBIDDEN',
    `Cannot export from the search ${id}: its watchlist asks for two people by now, and nobody authorised it`,
    { hint: 'Ask for a new search, which a second person authorises.' },
  );
}

function caseSearch(
  job: FootageJob,
  kept: ReadonlyMap<string, KeptSighting>,
  { jobs, watchlists }: CaseFootage,
): CaseSearch {
  const { files, watchlistIds, figures, origin, sightings: sightingsFound, ...said } = job;
  const begins = fileBeginnings(job);
  const sightings = [...kept.values()]
    .sort((a, b) => a.file - b.file || a.at - b.at || (a.alert.id < b.alert.id ? -1 : 1))
    .map((each) => caseSighting(each, begins[each.file] ?? null));
  const seenIn = [...new Set(sightings.map(({ file }) => file))];
  return {
    ...said,
    lists: watchlistIds.map((id) => ({ id, name: watchlists.find(id)?.name ?? '' })),
    ...searchedFiles(job, jobs.positions(job.id)),
    sightingsFound,
    recordings: seenIn.flatMap((file): CaseRecording[] => {
      const searched = files[file];
      if (searched === undefined) return [];
      const { path, bytes, sha256, seconds = null, failure = null } = searched;
      const at = begins[file] ?? null;
      const begun = at === null ? null : new Date(at).toISOString();
      return [{ ...{ file, path, bytes, sha256, seconds }, begins: begun, failure }];
    }),
    sightings,
  };
}

function caseSighting({ alert, at, until }: KeptSighting, begins: number | null): CaseSighting {
  const { gallerySize, meanGate, components, models, configHash }: DecidedAlert = alert;
  return {
    ...toFootageSighting(alert, begins),
    ...{ at, until: Math.max(at, until) },
    ...{ gallerySize, meanGate, components, models, configHash, clip: null },
  };
}

function missing(what: string): NightglassError {
  return new NightglassError('NOT_FOUND', `Cannot export evidence: ${what}`);
}

function notYet(id: string): NightglassError {
  return new NightglassError(
    'CONFLICT',
    `Cannot export the sighting ${id}: a quick look found it, and the search has not been there yet`,
    { hint: 'Wait until the search has got there.' },
  );
}

function tooMany(): NightglassError {
  const { searches, sightings } = evidenceBounds;
  return new NightglassError(
    'BAD_REQUEST',
    `Cannot export so much as one case: it takes ${sightings} sightings of ${searches} searches`,
    { hint: 'Choose fewer sightings.' },
  );
}
