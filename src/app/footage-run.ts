import { type Actor, systemActor } from '../domain/audit-entry.ts';
import type { NightglassError } from '../domain/errors.ts';
import {
  type FilePosition,
  type FootageFigures,
  type FootageJob,
  type FootageJobFile,
  type FootagePass,
  type FootageProgress,
  noFigures,
} from '../domain/footage.ts';
import { fileBeginnings, totalSeconds } from '../services/footage/file-beginnings.ts';
import type { FootagePlaces } from '../services/footage/footage-places.ts';
import type { FootageQueue } from '../services/footage/footage-queue.ts';
import { KeptSightings } from '../services/footage/kept-sightings.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import type { Store } from '../store/store.ts';
import type { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { assertSomeRead, examineFile } from './examine-footage.ts';
import { settingsOf } from './footage-ports.ts';
import { type FootageWay, type FootageWayOptions, openFootageWay } from './footage-way.ts';
import { lookQuickly } from './quick-look.ts';
import { goesOnAt, searchFootage } from './search-footage.ts';

export interface FootageRunOptions extends FootageWayOptions {
  readonly store: Store;
  readonly queue: FootageQueue;
  readonly places: FootagePlaces;
  readonly waits: DiskWaits;
}

/** A search that gets no further for so long does not go on by itself, milliseconds. */
const stalledAfter = 10 * 60_000;

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
  /** How far each file is, in either pass. */
  readonly #positions: Record<FootagePass, FilePosition[]>;
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
    this.#positions = { quick: this.#kept('quick'), search: this.#kept('search') };
  }

  progress(): FootageProgress {
    const { files } = this.#job;
    const positions = this.#positions[this.#phase === 'quick' ? 'quick' : 'search'];
    const readable = totalSeconds(files);
    // Of a file that was left out in the middle counts what was searched.
    const leftOut = files.reduce(
      (sum, { failure }, at) => sum + (failure === undefined ? 0 : (positions[at]?.seconds ?? 0)),
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
    const still = now - this.#movedAt;
    return still > stalledAfter ? still : null;
  }

  /** Ends early, without a fault, when it is interrupted. @throws NightglassError */
  async search(): Promise<void> {
    await this.#examine();
    if (this.#signal.aborted) return;
    await using resources = new AsyncDisposableStack();
    const way = await openFootageWay(this.#job, this.#options, resources);
    if (this.#job.quick && this.#positions.quick.some(({ done }) => !done)) {
      await this.#goThrough('quick', way);
    }
    if (this.#signal.aborted) return;
    await this.#goThrough('search', way);
    if (!this.#signal.aborted) assertSomeRead(this.#job.files);
  }

  /** Goes through the files, by their key pictures alone or by all of them. */
  async #goThrough(pass: FootagePass, { ports, gallery }: FootageWay): Promise<void> {
    const { clock, config, queue } = this.#options;
    const begins = fileBeginnings(this.#job);
    const sightings = this.#openSightings(pass, begins);
    const positions = this.#positions[pass];
    const written = positions.map((each) => ({ ...each }));
    const checkpoint = (figures: FootageFigures) =>
      this.#checkpoint(pass, figures, sightings, written);
    const before = this.#before(pass);
    this.#phase = pass === 'quick' ? 'quick' : 'searching';
    this.#movedAt = clock.monotonic();
    this.#seconds = before.seconds;
    this.#began = { at: clock.monotonic(), seconds: before.seconds };
    let last = clock.monotonic();
    const search = pass === 'quick' ? lookQuickly : searchFootage;
    const figures = await search({
      files: this.#job.files.map(({ path, identity }, at) => ({
        ...{ path, identity, start: begins[at] ?? null },
      })),
      settings: settingsOf(config),
      ...{ ports, sightings, positions, before },
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
  }

  /** What was gone through before; of a quick look nothing but how far it came is kept. */
  #before(pass: FootagePass): FootageFigures {
    if (pass === 'search') return this.#job.figures ?? noFigures();
    const seconds = this.#positions.quick.reduce((sum, each) => sum + each.seconds, 0);
    return { ...noFigures(), seconds };
  }

  /** Goes on without a file that cannot be read any more, on record. */
  #leaveOut(at: number, { code }: NightglassError): void {
    this.#movedAt = this.#options.clock.monotonic();
    this.#job = this.#options.queue.leaveOut(this.#job, at, code, systemActor);
    this.#passOver(at);
  }

  /** Not on record: it may be there again when the search is gone on with. */
  #passOver(at: number): void {
    const { quick, search } = this.#positions;
    for (const positions of [quick, search]) {
      positions[at] = { seconds: positions[at]?.seconds ?? 0, done: true };
    }
  }

  #kept(pass: FootagePass): FilePosition[] {
    const kept = this.#table.positions(this.#job.id, pass);
    return this.#job.files.map((_, at) => kept.get(at) ?? { seconds: 0, done: false });
  }

  /** Opens and hashes what is still to be searched; a file that cannot be read is left out. */
  async #examine(): Promise<void> {
    const files: FootageJobFile[] = [];
    const { places, waits } = this.#options;
    const onAlive = () => {
      this.#movedAt = this.#options.clock.monotonic();
    };
    const reading = { places, waits, signal: this.#signal, onAlive };
    for (const [at, file] of this.#job.files.entries()) {
      if (this.#signal.aborted) return;
      const isOver = this.#positions.search[at]?.done === true;
      files.push(isOver ? file : await examineFile(file, reading));
      if (files[at]?.failure !== undefined) this.#passOver(at);
      this.#read = files.length;
      onAlive();
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

  #openSightings(pass: FootagePass, begins: readonly (number | null)[]): KeptSightings {
    const { store, watchlists } = this.#options;
    const sightings = new KeptSightings({
      store,
      jobId: this.#job.id,
      startOf: (file) => begins[file] ?? null,
      now: () => this.#options.clock.now(),
      isListed: (personId) => watchlists.findPerson(personId) !== undefined,
      ...(pass === 'quick' ? { preliminary: true } : { beyond: this.#job.figures?.beyond }),
    });
    store.write(() => {
      for (const [file, position] of this.#positions[pass].entries()) {
        if (!position.done) sightings.forgetFrom(file, goesOnAt(position));
      }
    });
    return sightings;
  }

  /** How far it is, in one transaction with when people were last seen. */
  #checkpoint(
    pass: FootagePass,
    figures: FootageFigures,
    sightings: KeptSightings,
    written: FilePosition[],
  ): void {
    const { store } = this.#options;
    const { id, files } = this.#job;
    store.write(() => {
      for (const [file, position] of this.#positions[pass].entries()) {
        const before = written[file];
        const isSame = before?.seconds === position.seconds && before.done === position.done;
        if (isSame) continue;
        written[file] = position;
        const isLeftOut = files[file]?.failure !== undefined;
        const kept = isLeftOut ? { ...position, done: false } : position;
        this.#table.putPosition(id, file, kept, pass);
        // What the quick look found there, the search has found by now, or does not confirm.
        if (pass === 'quick') continue;
        sightings.settle(file, kept.done ? Number.MAX_VALUE : goesOnAt(kept));
      }
      sightings.flush();
      const { seconds } = figures;
      const { beyond, count } = sightings;
      const searched = { seconds, figures: { ...figures, beyond } };
      this.#table.update(id, { ...(pass === 'search' ? searched : {}), sightings: count });
    });
    this.#onRecorded();
  }
}
