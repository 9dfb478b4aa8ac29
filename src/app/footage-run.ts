import type { Config } from '../config/schema.ts';
import { type Actor, systemActor } from '../domain/audit-entry.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type {
  FilePosition,
  FootageFigures,
  FootageJob,
  FootageJobFile,
  FootageProgress,
} from '../domain/footage.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { Inference } from '../inference/inference.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import { onlyLists } from '../services/footage/chosen-lists.ts';
import { fileBeginnings, totalSeconds } from '../services/footage/file-beginnings.ts';
import type { FootagePlaces } from '../services/footage/footage-places.ts';
import type { FootageQueue } from '../services/footage/footage-queue.ts';
import { KeptSightings } from '../services/footage/kept-sightings.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import type { Store } from '../store/store.ts';
import { examineRecording } from '../streams/recorded/find-recordings.ts';
import { facePorts, refuseOutdated, settingsOf } from './footage-ports.ts';
import { goesOnAt, type SearchFootageOptions, searchFootage } from './search-footage.ts';

export interface FootageRunOptions {
  readonly config: Config;
  readonly store: Store;
  readonly watchlists: WatchlistStore;
  readonly queue: FootageQueue;
  readonly places: FootagePlaces;
  readonly inference: Inference;
  readonly codec: ImageCodec;
  readonly configHash: () => string;
  readonly clock: Clock;
}

/** A search that gets no further for so long does not go on by itself, milliseconds. */
const stalledAfter = 10 * 60_000;
/** Bytes that are hashed in a millisecond at least: a large file takes its time. */
const leastHashed = 2_000;

/** How often a search notes how far it is, milliseconds: a kill loses no more. */
const checkpointEvery = 2_000;

/** One search at work, from where it was until it is done or interrupted. */
export class FootageRun {
  readonly #options: FootageRunOptions;
  readonly #signal: AbortSignal;
  readonly #table: FootageJobTable;
  readonly #onRecorded: () => void;
  #job: FootageJob;
  #phase: FootageProgress['phase'] = 'reading';
  #read = 0;
  /** When it last got further, monotonic. */
  #movedAt: number;
  #seconds: number;
  /** How far each file is. */
  #places: readonly FilePosition[] = [];
  /** When searching began, and how much was searched by then. */
  #began: { readonly at: number; readonly seconds: number } | null = null;

  /** @param onRecorded how far it is was recorded */
  constructor(
    job: FootageJob,
    options: FootageRunOptions,
    signal: AbortSignal,
    onRecorded: () => void,
  ) {
    this.#job = job;
    this.#onRecorded = onRecorded;
    this.#movedAt = options.clock.monotonic();
    this.#options = options;
    this.#signal = signal;
    this.#table = new FootageJobTable(options.store);
    this.#seconds = job.seconds;
  }

  progress(): FootageProgress {
    const { files } = this.#job;
    const readable = totalSeconds(files);
    // Of a file that was left out in the middle counts what was searched.
    const leftOut = files.reduce(
      (sum, { failure }, at) =>
        sum + (failure === undefined ? 0 : (this.#places[at]?.seconds ?? 0)),
      0,
    );
    const total = readable === null ? null : readable + leftOut;
    const began = this.#began;
    const worked = began && (this.#options.clock.monotonic() - began.at) / 1_000;
    const speed =
      began && worked && worked > 1 ? Math.max(0, this.#seconds - began.seconds) / worked : null;
    const left = total === null ? null : Math.max(0, total - this.#seconds);
    return {
      phase: this.#phase,
      share: this.#phase === 'reading' ? this.#read / Math.max(1, files.length) : null,
      seconds: this.#seconds,
      total,
      speed,
      secondsLeft: left !== null && speed !== null && speed > 0 ? left / speed : null,
    };
  }

  /** Milliseconds since it last got further, where that is too long; null where it is not. */
  stalledFor(now: number): number | null {
    const bytes = this.#phase === 'reading' ? (this.#job.files[this.#read]?.bytes ?? 0) : 0;
    const still = now - this.#movedAt;
    return still > stalledAfter + bytes / leastHashed ? still : null;
  }

  /** Ends early, without a fault, when it is interrupted. @throws NightglassError */
  async search(): Promise<void> {
    const positions = this.#positions();
    this.#places = positions;
    await this.#examine(positions);
    if (this.#signal.aborted) return;
    await using resources = new AsyncDisposableStack();
    const { ports, gallery } = await this.#openPorts(resources);
    const begins = fileBeginnings(this.#job);
    const sightings = this.#openSightings(begins, positions);
    const { clock, config, queue } = this.#options;
    const written = positions.map((each) => ({ ...each }));
    const checkpoint = (figures: FootageFigures) =>
      this.#checkpoint(figures, sightings, positions, written);
    this.#phase = 'searching';
    this.#movedAt = clock.monotonic();
    this.#began = { at: clock.monotonic(), seconds: this.#job.seconds };
    let last = clock.monotonic();
    const figures = await searchFootage({
      files: this.#job.files.map(({ path, identity }, at) => ({
        ...{ path, identity, start: begins[at] ?? null },
      })),
      settings: settingsOf(config),
      ports,
      sightings,
      positions,
      before: this.#job.figures ?? undefined,
      atOnce: config.footage.parallel,
      // The cores are for the cameras first.
      decoderThreads: 1,
      signal: this.#signal,
      onUnreadable: (at, error) => this.#leaveOut(at, error),
      onProgress: (figures) => {
        if (figures.seconds !== this.#seconds) this.#movedAt = clock.monotonic();
        this.#seconds = figures.seconds;
        if (clock.monotonic() - last < checkpointEvery) return;
        last = clock.monotonic();
        checkpoint(figures);
        // A list that ends, or is no longer meant for it, ends the search.
        queue.assertAllowed(this.#job);
        void gallery.refresh();
      },
    });
    this.#seconds = figures.seconds;
    checkpoint(figures);
    if (!this.#signal.aborted) assertSomeRead(this.#job.files);
  }

  /** Goes on without a file that cannot be read any more, on record. */
  #leaveOut(at: number, { code }: NightglassError): void {
    this.#movedAt = this.#options.clock.monotonic();
    this.#job = this.#options.queue.leaveOut(this.#job, at, code, systemActor);
  }

  #positions(): FilePosition[] {
    const kept = this.#table.positions(this.#job.id);
    return this.#job.files.map((_, at) => kept.get(at) ?? { seconds: 0, done: false });
  }

  /** Opens and hashes what is still to be searched; a file that cannot be read is left out. */
  async #examine(positions: FilePosition[]): Promise<void> {
    const files: FootageJobFile[] = [];
    for (const [at, file] of this.#job.files.entries()) {
      if (this.#signal.aborted) return;
      const isOver = positions[at]?.done === true;
      files.push(isOver ? file : await this.#examineFile(file));
      // Not on record: it may be there again when the search is gone on with.
      if (files[at]?.failure !== undefined) positions[at] = { seconds: 0, done: true };
      this.#read = files.length;
      this.#movedAt = this.#options.clock.monotonic();
    }
    if (this.#signal.aborted) return;
    assertSomeRead(files);
    const isNew = this.#job.files.some(
      ({ sha256, failure, identity }, at) =>
        sha256 !== files[at]?.sha256 ||
        failure !== files[at]?.failure ||
        identity !== files[at]?.identity,
    );
    if (!isNew) return;
    const by: Actor = { name: this.#job.askedBy };
    this.#job = this.#options.queue.examined(this.#job, files, by);
  }

  async #examineFile({ failure: _, ...file }: FootageJobFile): Promise<FootageJobFile> {
    const { path, sha256: before } = file;
    try {
      await this.#options.places.check(path);
      const found = await examineRecording(path, this.#signal);
      if (before === null || before === found.sha256) return found;
      return { ...file, failure: 'CONFLICT' };
    } catch (error) {
      if (this.#signal.aborted) return file;
      if (!isNightglassError(error)) throw error;
      return { ...file, failure: error.code };
    }
  }

  #openSightings(
    begins: readonly (number | null)[],
    positions: readonly FilePosition[],
  ): KeptSightings {
    const { store, watchlists } = this.#options;
    const sightings = new KeptSightings({
      store,
      jobId: this.#job.id,
      startOf: (file) => begins[file] ?? null,
      now: () => this.#options.clock.now(),
      isListed: (personId) => watchlists.findPerson(personId) !== undefined,
      beyond: this.#job.figures?.beyond,
    });
    store.write(() => {
      for (const [file, position] of positions.entries()) {
        if (!position.done) sightings.forgetFrom(file, goesOnAt(position));
      }
    });
    return sightings;
  }

  async #openPorts(resources: AsyncDisposableStack): Promise<{
    readonly ports: SearchFootageOptions['ports'];
    readonly gallery: WatchlistGallery;
  }> {
    const { codec, config, configHash, inference, watchlists } = this.#options;
    const ids = new Set(this.#job.watchlistIds);
    const gallery = resources.use(
      await WatchlistGallery.open({
        source: onlyLists(watchlists, ids),
        now: () => this.#options.clock.now(),
        use: 'footage',
        poorViews: inference.poorView,
        calibration: () => inference.calibration,
      }),
    );
    const lists = watchlists.list().filter(({ id }) => ids.has(id));
    refuseOutdated(gallery, lists, inference);
    const ports = {
      ...facePorts(inference.background(), config),
      gallery: resources.use(new SearchQueue({ gallery })),
      strangerBelow: () => similarityLevels(inference.calibration).stranger,
      codec,
      newAlertId: createAlertIds({ clock: systemClock }),
      enrolledImage: async (templateId: string) => watchlists.templateImage(templateId),
      modelStamps: inference.stamps(),
      configHash,
    };
    return { ports, gallery };
  }

  /** How far it is, in one transaction with when people were last seen. */
  #checkpoint(
    figures: FootageFigures,
    sightings: KeptSightings,
    positions: readonly FilePosition[],
    written: FilePosition[],
  ): void {
    const { store } = this.#options;
    const { id } = this.#job;
    store.write(() => {
      for (const [file, position] of positions.entries()) {
        const before = written[file];
        if (before?.seconds === position.seconds && before.done === position.done) continue;
        this.#table.putPosition(id, file, position);
        written[file] = position;
      }
      sightings.flush();
      const { seconds } = figures;
      const { beyond, count } = sightings;
      this.#table.update(id, { seconds, figures: { ...figures, beyond }, sightings: count });
    });
    this.#onRecorded();
  }
}

/** @throws NightglassError where not one of the files can be read to its end */
function assertSomeRead(files: readonly FootageJobFile[]): void {
  if (files.some(({ failure }) => failure === undefined)) return;
  throw new NightglassError(
    files[0]?.failure ?? 'STREAM_UNREACHABLE',
    'Cannot search: none of the files can be read as video to its end',
    { hint: 'Check that they are still there as they were, and who may read them.' },
  );
}
