import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  pictureOf,
} from '../../domain/alert.ts';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { footagePictures } from '../../domain/footage.ts';
import type { AlertStore, DecidedAlert } from '../../domain/raised-alert.ts';
import { FootageSightingTable } from '../../store/footage-sighting-table.ts';
import type { Store } from '../../store/store.ts';
import { toFootageSighting } from './footage-sightings.ts';
import { SightingsBeyond } from './sightings-beyond.ts';

export interface KeptSightingsOptions {
  readonly store: Store;
  readonly jobId: string;
  /** Wall time at which a file began, milliseconds; null where nobody said so. */
  readonly startOf: (file: number) => number | null;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** Whether somebody is on a list (still): who was deleted meanwhile is not kept. */
  readonly isListed: (personId: string) => boolean;
  /** Sightings that were one too many before the search was interrupted. */
  readonly beyond?: number | undefined;
  /** Of a quick look: they hold until the search itself has been there. */
  readonly preliminary?: boolean;
}

/**
 * What a search of the running program finds, in the place of the stored alerts: each track of
 * somebody on a list is a sighting. It is in the database when it is found, sealed as alerts are.
 */
export class KeptSightings implements AlertStore {
  readonly #options: KeptSightingsOptions;
  readonly #table: FootageSightingTable;
  /** When people were last seen, since the last `flush`. */
  readonly #seen = new Map<string, number>();
  readonly #beyond: SightingsBeyond;
  readonly #preliminary: boolean;
  #count: number;

  constructor(options: KeptSightingsOptions) {
    this.#options = options;
    this.#table = new FootageSightingTable(options.store);
    this.#beyond = new SightingsBeyond(options.beyond);
    this.#preliminary = options.preliminary === true;
    this.#count = this.#ofPass();
  }

  /** Those that are there, and those that were one too many and only counted. */
  get count(): number {
    return this.#table.count(this.#options.jobId) + this.beyond;
  }

  /** Those that were one too many. */
  get beyond(): number {
    return this.#beyond.count;
  }

  /** Deletes what this pass found in a file from a second on: it goes there again. */
  forgetFrom(file: number, seconds: number): void {
    this.#table.deleteFrom(this.#options.jobId, file, seconds, this.#preliminary);
    this.#count = this.#ofPass();
  }

  /** Drops what a quick look found in a file before a second: the search itself was there. */
  settle(file: number, seconds: number): void {
    this.#table.settle(this.#options.jobId, file, seconds);
  }

  insert(alert: Alert, evidence: AlertEvidence): Alert {
    const { store, jobId, isListed, now } = this.#options;
    const isKept = store.write(() => {
      // Looked for within the transaction: a deletion may have come between.
      if (!isListed(alert.personId)) return false;
      if (this.#isFull()) {
        this.#beyond.add(alert.id);
        return false;
      }
      const { file, at, until } = this.#placed(alert);
      const kept = {
        ...{ jobId, file, at, until, alert: alert as DecidedAlert },
        preliminary: this.#preliminary,
      };
      this.#table.insert(kept, now());
      this.#put(alert.id, evidence);
      return true;
    });
    if (isKept) this.#count += 1;
    return alert;
  }

  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    if (this.#beyond.has(alert.id)) return alert;
    this.#options.store.write(() => {
      const { at } = this.#placed(alert);
      if (!this.#table.update({ at, alert: alert as DecidedAlert })) throw unknown(alert.id);
      if (evidence !== null) this.#put(alert.id, evidence);
    });
    return alert;
  }

  /** Each track is a sighting of its own: none joins another. */
  sight(alertId: string): never {
    throw unknown(alertId);
  }

  openAlert(): undefined {
    return undefined;
  }

  lastSighting(): undefined {
    return undefined;
  }

  seen(alertId: string, _cameraId: string, at: number): void {
    this.#seen.set(alertId, Math.max(at, this.#seen.get(alertId) ?? 0));
  }

  markStill(): void {
    // A poster in a recording is a sighting like any other: somebody looks at the picture anyway.
  }

  /** Writes when people were last seen. Within {@link Store.write}. */
  flush(): void {
    for (const [id, at] of this.#seen) {
      const file = this.#table.find(id)?.file;
      if (file === undefined) continue;
      this.#table.seen(id, (at - (this.#options.startOf(file) ?? 0)) / 1_000);
    }
    this.#seen.clear();
  }

  #isFull(): boolean {
    if (this.#count < footageBounds.sightings) return false;
    // Some may have gone with their person or their time.
    this.#count = this.#ofPass();
    return this.#count >= footageBounds.sightings;
  }

  /** Each pass has room of its own: what a quick look found makes way for nothing. */
  #ofPass(): number {
    return this.#table.countOf(this.#options.jobId, this.#preliminary);
  }

  #placed(alert: Alert) {
    const placed = toFootageSighting(alert, null);
    const start = this.#options.startOf(placed.file);
    return start === null ? placed : toFootageSighting(alert, start);
  }

  #put(id: string, evidence: EvidenceChange): void {
    for (const kind of footagePictures) {
      if (!(kind in evidence)) continue;
      const jpeg = pictureOf(evidence, kind);
      if (jpeg === null || jpeg.byteLength === 0) this.#table.deletePicture(id, kind);
      else this.#table.putPicture(id, kind, jpeg);
    }
  }
}

function unknown(id: string): NightglassError {
  return new NightglassError(
    'NOT_FOUND',
    `Cannot keep the sighting ${id}: its person is on no list`,
  );
}
