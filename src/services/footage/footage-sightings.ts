import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  type ModelStamp,
  pictureOf,
} from '../../domain/alert.ts';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import {
  type FootagePictureKind,
  type FootageSighting,
  footagePictures,
} from '../../domain/footage.ts';
import type { AlertStore, DecidedAlert } from '../../domain/raised-alert.ts';
import { SightingsBeyond } from './sightings-beyond.ts';

export interface FootageSightingsOptions {
  /** Wall time at which a file began, milliseconds; null where nobody said so. */
  readonly startOf: (file: number) => number | null;
  /** Takes the pictures of a sighting, each time they change; nothing keeps them in memory. */
  readonly keep?: (
    id: string,
    kind: FootagePictureKind,
    jpeg: Uint8Array,
    models: readonly ModelStamp[],
  ) => void;
  /** Deletes the pictures of a sighting. */
  readonly drop?: (id: string) => void;
}

/** What a search holds, to be gone on with. */
export interface HeldSightings {
  readonly alerts: readonly Alert[];
  /** Ids of those that a quick look found. */
  readonly preliminary: readonly string[];
}

/** Camera id under which the frames of a file are analysed. */
export function footageCamera(file: number): string {
  return `footage-${file}`;
}

/**
 * What searches of recorded footage find, in the place of the stored alerts: each track of somebody
 * on a list is a sighting. Holds what is said of each, in bounded number, and no picture.
 */
export class FootageSightings implements AlertStore {
  readonly #options: FootageSightingsOptions;
  readonly #alerts = new Map<string, Alert>();
  readonly #preliminary = new Set<string>();
  readonly #beyond = new SightingsBeyond();

  constructor(options: FootageSightingsOptions) {
    this.#options = options;
  }

  /** Sightings that were one too many, and were only counted. */
  get beyond(): number {
    return this.#beyond.count;
  }

  get count(): number {
    return this.#alerts.size;
  }

  /** All of them as they are held, to be gone on with by {@link restore}. */
  held(): HeldSightings {
    return { alerts: [...this.#alerts.values()], preliminary: [...this.#preliminary] };
  }

  /** Where a quick look puts what it finds: it holds until the search itself has been there. */
  preliminary(): AlertStore {
    return {
      insert: (alert, evidence) => {
        const inserted = this.insert(alert, evidence);
        if (this.#alerts.has(alert.id)) this.#preliminary.add(alert.id);
        return inserted;
      },
      update: (alert, evidence) => this.update(alert, evidence),
      sight: (alertId) => this.sight(alertId),
      openAlert: () => this.openAlert(),
      lastSighting: () => this.lastSighting(),
      seen: (alertId, cameraId, at) => this.seen(alertId, cameraId, at),
      markStill: () => this.markStill(),
    };
  }

  /**
   * Drops what a quick look found where the search itself has been by now.
   * @param searchedTo seconds of each file
   */
  settle(searchedTo: (file: number) => number): void {
    for (const id of [...this.#preliminary]) {
      const { file, at } = this.#toSighting(this.#alerts.get(id) as Alert);
      if (at >= searchedTo(file)) continue;
      this.#alerts.delete(id);
      this.#preliminary.delete(id);
      this.#options.drop?.(id);
    }
  }

  /**
   * Takes what a search found that ended in the middle.
   * @param goesOnAt from which second on each file is searched again: what is there is found again;
   *   the same for a quick look and what it found
   */
  restore(
    { alerts, preliminary }: HeldSightings,
    goesOnAt: {
      readonly search: (file: number) => number;
      readonly quick: (file: number) => number;
    },
  ): void {
    const quickly = new Set(preliminary);
    for (const alert of alerts) {
      const { file, at } = this.#toSighting(alert);
      const isQuick = quickly.has(alert.id);
      if (at >= (isQuick ? goesOnAt.quick : goesOnAt.search)(file)) continue;
      this.#alerts.set(alert.id, alert);
      if (isQuick) this.#preliminary.add(alert.id);
    }
  }

  /** All of them, in the order of the files and their time. */
  list(): FootageSighting[] {
    return [...this.#alerts.values()]
      .map((alert) => this.#toSighting(alert))
      .sort((a, b) => a.file - b.file || a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  insert(alert: Alert, evidence: AlertEvidence): Alert {
    if (this.#alerts.size >= footageBounds.sightings) {
      this.#beyond.add(alert.id);
      return alert;
    }
    this.#alerts.set(alert.id, alert);
    this.#keep(alert, evidence);
    return alert;
  }

  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    if (this.#beyond.has(alert.id)) return alert;
    if (!this.#alerts.has(alert.id)) throw unknown(alert.id);
    this.#alerts.set(alert.id, alert);
    if (evidence !== null) this.#keep(alert, evidence);
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
    const alert = this.#alerts.get(alertId);
    if (alert === undefined) return;
    this.#alerts.set(alertId, { ...alert, lastSeenAt: Math.max(alert.lastSeenAt, at) });
  }

  markStill(): void {
    // A poster in a recording is a sighting like any other: somebody looks at the picture anyway.
  }

  #keep(alert: Alert, evidence: EvidenceChange): void {
    for (const kind of footagePictures) {
      const jpeg = pictureOf(evidence, kind);
      if (jpeg !== null && jpeg.byteLength > 0) {
        this.#options.keep?.(alert.id, kind, jpeg, alert.models);
      }
    }
  }

  #toSighting(alert: Alert): FootageSighting {
    const sighting = toFootageSighting(alert, this.#options.startOf(fileOfCamera(alert.cameraId)));
    return this.#preliminary.has(alert.id) ? { ...sighting, preliminary: true } : sighting;
  }
}

/** Index of the file that is analysed under a camera id of {@link footageCamera}. */
export function fileOfCamera(cameraId: string): number {
  return Number(cameraId.slice(footageCamera(0).length - 1));
}

/** What an alert on footage says as a sighting. @param start wall time at which its file began */
export function toFootageSighting(alert: Alert, start: number | null): FootageSighting {
  const { id, watchlistId, watchlistName, personId, personName, trackId } = alert;
  const { scores, threshold, fpir, quality, interEyeDistance, place, keyframes } = alert;
  return {
    ...{ id, watchlistId, watchlistName, personId, personName },
    file: fileOfCamera(alert.cameraId),
    at: (alert.capturedAt - (start ?? 0)) / 1_000,
    until: (alert.lastSeenAt - (start ?? 0)) / 1_000,
    time: start === null ? null : new Date(alert.capturedAt).toISOString(),
    ...{ scores, threshold, fpir, quality, interEyeDistance, place, keyframes, trackId },
    enhancement: (alert as DecidedAlert).enhancement,
  };
}

function unknown(id: string): NightglassError {
  return new NightglassError('NOT_FOUND', `Cannot change the sighting ${id}: there is none`);
}
