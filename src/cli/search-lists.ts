import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { awaitsReview } from '../domain/list-review.ts';
import { inForce } from '../domain/watchlist.ts';
import { atOnce } from '../services/in-turns.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { searchImage } from '../services/search/search-image.ts';
import type { SearchedFace, SearchRequest } from '../services/search/search-service.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { openFaceTools } from './face-tools.ts';
import type { ModelChoice } from './manifest-choice.ts';
import { openStoreOf } from './open-store-of.ts';
import { readPicture } from './read-picture.ts';
import { storeKeysOf } from './store-keys.ts';

export interface SearchOptions extends DataFolderOptions {
  readonly reason: string;
  readonly list?: readonly string[];
  readonly limit: number;
  readonly manifest?: string;
  readonly json?: boolean;
}

/** Searches a picture, on record, and prints the candidates. @throws NightglassError */
export async function searchLists(path: string, options: SearchOptions): Promise<void> {
  const reason = options.reason.trim();
  if (reason.length < 3 || reason.length > 1000) {
    throw new NightglassError('USAGE', 'Cannot search: the reason must have 3 to 1000 characters');
  }
  const bytes = await readPicture(path);
  const now = () => systemClock.now();
  await using resources = new AsyncDisposableStack();
  const store = openStoreOf(options, storeKeysOf(options));
  resources.defer(() => store.close());
  const health = store.health();
  // A search that cannot be recorded does not happen.
  if (!health.durable) {
    throw new NightglassError('STORE_UNWRITABLE', `Cannot write the data folder: ${health.reason}`);
  }
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const lists = chosenLists(watchlists, options.list, now());
  const faces = await searchPicture(
    { image: { name: basename(path), bytes }, watchlistIds: lists, limit: options.limit, reason },
    { audit, watchlists, resources, choice: options },
  );
  if (faces.length === 0) throw new NightglassError('NO_FACE', `No face was found in ${path}`);
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ faces })}\n` : faces.map(describe).join(''),
  );
  const matched = faces.some(({ candidates }) => candidates.some((each) => each.matched));
  // As `grep` does: nobody found is an answer, and a script may want to know.
  if (!matched) process.exitCode = exitCodes.failed;
}

/**
 * The faces of a picture and who looks like them, on record.
 * @throws NightglassError `AUDIT_UNAVAILABLE`, `IMAGE_*`, `MODEL_*`, `INFERENCE_*`
 */
export async function searchPicture(
  { reason, ...request }: Omit<SearchRequest, 'by'>,
  {
    audit,
    choice,
    resources,
    watchlists,
  }: {
    readonly audit: AuditLog;
    readonly watchlists: WatchlistStore;
    readonly resources: AsyncDisposableStack;
    readonly choice: ModelChoice;
  },
): Promise<SearchedFace[]> {
  const { bytes } = request.image;
  const tools = resources.use(await openFaceTools(choice));
  const calibration = () => tools.inference.calibration;
  const poorViews = tools.inference.poorView;
  const gallery = resources.use(
    new WatchlistGallery({
      ...{ source: watchlists, now: () => systemClock.now(), calibration, poorViews },
    }),
  );
  audit.require(
    auditEntry(commandActor(), 'search.run', '', {
      reason,
      lists: request.watchlistIds.join(','),
      imageSha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.byteLength,
    }),
  );
  return searchImage(request, {
    ...tools,
    codec: createImageCodec(),
    isLoaded: (id) => request.watchlistIds.includes(id),
    candidates: async (probes, id, limit) => atOnce(gallery.candidatesOf(probes, id, limit)),
  });
}

/** Ids of the lists that are meant. @throws NightglassError `NOT_FOUND` */
export function chosenLists(
  watchlists: WatchlistStore,
  wanted: readonly string[] | undefined,
  now: number,
): string[] {
  const all = watchlists.list();
  if (wanted === undefined) return all.flatMap((list) => (inForce(list, now) ? [list.id] : []));
  return wanted.map((name) => {
    const found = all.find((list) => list.id === name || list.name === name);
    if (found !== undefined && awaitsReview(found)) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot search: the watchlist ${name} waits for review`,
        {
          hint: 'A reviewer who did not change it looks at it and puts it in force.',
        },
      );
    }
    if (found !== undefined) return found.id;
    const known = all.map(({ id }) => id).join(', ') || 'none';
    throw new NightglassError('NOT_FOUND', `Cannot search: there is no watchlist ${name}`, {
      hint: `Known: ${known}.`,
    });
  });
}

function describe({ box, quality, verdict, candidates }: SearchedFace): string {
  const at = [box.x, box.y, box.width, box.height].map(Math.round).join(',');
  const head = `face at ${at}, quality ${quality.toFixed(0)} (${verdict})\n`;
  const lines = candidates.map(
    ({ matched, personName, watchlistName, scores, threshold }) =>
      `  ${matched ? 'match    ' : 'candidate'} ${scores.fused.toFixed(3)} (threshold ${threshold.toFixed(3)}) ${personName}, ${watchlistName}\n`,
  );
  return head + (lines.join('') || '  nobody is enrolled\n');
}
