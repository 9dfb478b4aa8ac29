import type { Actor } from '../../domain/audit-entry.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type {
  FilePosition,
  FootageAction,
  FootageJob,
  FootageJobFile,
  FootagePictureKind,
  FootageProgress,
  FootageSighting,
} from '../../domain/footage.ts';
import { markMachineMade } from '../../domain/machine-made-mark.ts';
import { FootageJobTable } from '../../store/footage-job-table.ts';
import {
  FootageSightingTable,
  type KeptSighting,
  type SightingPlace,
} from '../../store/footage-sighting-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { clipSpan } from './clip-span.ts';
import { fileBeginnings, totalSeconds } from './file-beginnings.ts';
import type { FootagePlaces } from './footage-places.ts';
import type { FootageQueue } from './footage-queue.ts';
import { toFootageSighting } from './footage-sightings.ts';

export interface FootageServiceOptions {
  readonly store: Store;
  readonly queue: FootageQueue;
  readonly places: FootagePlaces;
  readonly watchlists: Pick<WatchlistStore, 'find'>;
  /** Cuts a part of a file as it was hashed, seconds, without coding anything: MP4 in memory. */
  readonly cut: (
    file: Pick<FootageJobFile, 'path' | 'identity'> & { readonly sha256: string },
    span: { from: number; until: number },
  ) => Promise<Uint8Array>;
  /** How far a search is that is at work. */
  readonly progress: (id: string) => FootageProgress | null;
}

/** A search as those see it who may. */
export interface FootageJobView extends Omit<FootageJob, 'files' | 'watchlistIds'> {
  /** Empty name: the list is gone. */
  readonly lists: readonly { readonly id: string; readonly name: string }[];
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be read, or not to their end. */
  readonly leftOut: number;
  /** Seconds of all files; null where one does not say, or was not read yet. */
  readonly total: number | null;
  /** Null while it is not at work. */
  readonly progress: FootageProgress | null;
}

/** A search with its files. */
export interface FootageJobDetail extends FootageJobView {
  readonly fileList: readonly (FootageJobFile & {
    /** Wall time at which it begins, milliseconds. */
    readonly begins: number | null;
    readonly position: FilePosition;
  })[];
}

/** What is asked for, with folders in the place of files. */
export interface AskedFootage {
  readonly paths: readonly string[];
  readonly lists: readonly string[];
  readonly reason: string;
  readonly beginsAt: number | null;
  /** Key pictures first; default no. */
  readonly quick?: boolean;
}

/** What the gateway needs of searches of recorded footage. */
export interface FootageService {
  roots(): readonly string[];
  browse: FootagePlaces['browse'];
  list(): Awaitable<readonly FootageJobView[]>;
  find(id: string): Awaitable<FootageJobDetail | undefined>;
  /** @throws NightglassError `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `BUSY`, `STREAM_UNREACHABLE` */
  ask(asked: AskedFootage, by: Actor): Awaitable<FootageJobView>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN` */
  change(id: string, action: FootageAction, by: Actor): Awaitable<FootageJobView>;
  /** @throws NightglassError `NOT_FOUND` */
  sightings(
    jobId: string,
    after: SightingPlace | null,
    limit: number,
  ): Awaitable<readonly FootageSighting[]>;
  sighting(
    id: string,
  ): Awaitable<{ readonly jobId: string; readonly sighting: FootageSighting } | undefined>;
  /** JPEG; an enhanced one is marked as made by a machine. */
  picture(id: string, kind: FootagePictureKind): Awaitable<Uint8Array | null>;
  /**
   * The seconds around a sighting as they were recorded, MP4; they show everybody in view. Cut from
   * the file each time, and kept nowhere.
   * @throws NightglassError `NOT_FOUND`, `BUSY`, `FORBIDDEN`, `CONFLICT` for a file that was
   * replaced, `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`
   */
  clip(id: string): Awaitable<Uint8Array>;
}

/** Searches of recorded footage by the running program, and what they found. */
export function footageService(options: FootageServiceOptions): FootageService {
  const { cut, places, progress, queue, store, watchlists } = options;
  const jobs = new FootageJobTable(store);
  const found = new FootageSightingTable(store);
  const clips = clipsOf({ found, queue, places, cut });

  const view = ({ files, watchlistIds, ...job }: FootageJob): FootageJobView => ({
    ...job,
    lists: watchlistIds.map((id) => ({ id, name: watchlists.find(id)?.name ?? '' })),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    leftOut: files.filter(({ failure }) => failure !== undefined).length,
    total: totalSeconds(files),
    progress: progress(job.id),
  });

  const detail = (job: FootageJob): FootageJobDetail => {
    const positions = jobs.positions(job.id);
    const begins = fileBeginnings(job);
    const fileList = job.files.map(({ identity: _, ...file }, at) => ({
      ...file,
      begins: begins[at] ?? null,
      position: positions.get(at) ?? { seconds: 0, done: job.state === 'done' },
    }));
    return { ...view(job), fileList };
  };

  return {
    roots: () => places.roots,
    browse: (folder) => places.browse(folder),
    list: () => queue.list().map(view),
    find(id) {
      const job = queue.find(id);
      return job && detail(job);
    },
    async ask({ paths, lists, reason, beginsAt, quick = false }, by) {
      if (places.roots.length === 0) {
        throw new NightglassError(
          'FORBIDDEN',
          'Cannot search: no folder of footage is configured',
          {
            hint: 'Name folders as footage.roots in the configuration, and start again.',
          },
        );
      }
      queue.assertMayAsk({ lists, reason });
      const files = await places.find(paths);
      return view(queue.ask({ files, lists, reason, beginsAt, quick }, by));
    },
    change(id, action, by) {
      if (action === 'authorise' || action === 'refuse') return view(queue.decide(id, action, by));
      return view(queue[action](id, by));
    },
    sightings(jobId, after, limit) {
      const begins = fileBeginnings(queue.get(jobId));
      return found
        .page(jobId, after, Math.min(limit, footageBounds.page))
        .map((kept) => shown(kept, begins));
    },
    sighting(id) {
      const kept = found.find(id);
      const job = kept && queue.find(kept.jobId);
      return job && { jobId: job.id, sighting: shown(kept, fileBeginnings(job)) };
    },
    picture(id, kind) {
      const jpeg = found.picture(id, kind);
      if (jpeg === null || kind !== 'enhanced') return jpeg;
      return markMachineMade(jpeg, found.find(id)?.alert.models ?? []);
    },
    clip: clips,
  };
}

function shown(kept: KeptSighting, begins: readonly (number | null)[]): FootageSighting {
  const { alert, at, file, until, preliminary } = kept;
  return {
    ...toFootageSighting(alert, begins[file] ?? null),
    ...{ at, until: Math.max(at, until) },
    ...(preliminary && { preliminary }),
  };
}

/** Clips of sightings, a few at once. */
function clipsOf({
  found,
  queue,
  places,
  cut,
}: Pick<FootageServiceOptions, 'queue' | 'places' | 'cut'> & {
  readonly found: FootageSightingTable;
}): FootageService['clip'] {
  const { clipsAtOnce } = footageBounds;
  let cutting = 0;
  return async (id) => {
    const kept = found.find(id);
    const file = kept && queue.get(kept.jobId).files[kept.file];
    if (kept === undefined || file === undefined || file.sha256 === null) {
      throw new NightglassError('NOT_FOUND', `There is no sighting ${id}`);
    }
    if (cutting >= clipsAtOnce) {
      throw new NightglassError('BUSY', 'Cannot cut a clip: others are being cut', {
        hint: 'Try again in a moment.',
      });
    }
    const { path, identity, sha256 } = file;
    cutting += 1;
    try {
      await places.check(path);
      const seen = { path, sha256, ...(identity !== undefined && { identity }) };
      return await cut(seen, clipSpan(kept));
    } finally {
      cutting -= 1;
    }
  };
}
