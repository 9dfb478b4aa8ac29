import { LRUCache } from 'lru-cache';
import type { StillFace } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { type Box, intersectionOverUnion, shareOf } from '../domain/geometry/box.ts';
import type { ListMatch } from '../domain/match.ts';
import type { AlertStore, LastSighting } from '../domain/raised-alert.ts';
import type { EndedTrack, TrackSighting } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

export interface PresenceOptions {
  readonly store: Pick<AlertStore, 'lastSighting' | 'seen' | 'markStill'>;
  readonly clock: Clock;
  /** How long a person must be away before the same camera alerts again, milliseconds. */
  readonly quietPeriod: number;
  /** A face in one place for so long is marked as still, milliseconds. */
  readonly stillAfter: number;
  /** Whether faces of a track may come again after a restart. Default: they do not. */
  readonly mayComeAgain?: boolean;
  readonly onError: (error: unknown) => void;
}

/** A person on a list whom an alert of this camera has named. */
interface KnownPerson {
  alertId: string;
  readonly cameraId: string;
  /** Tracks in view that matched. */
  readonly tracks: Set<string>;
  /** Wall times: last sighting, and what the store was last given. */
  lastAt: number;
  writtenAt: number;
  /** Where the face has been since when; notes elsewhere in a row. */
  place: Box;
  placedAt: number;
  notesElsewhere: number;
  still: StillFace | null;
}

/** Overlap from which two boxes are one place: a small face's box jitters by a tenth. */
const samePlace = 0.6;
/** A single box beside the place is a poor detection; so many in a row are a face that moved. */
const movedAfter = 3;
const maxPeople = 4_096;

/**
 * Who of the alerted people is in view at one camera, and since when who is gone: the quiet
 * period counts from the last sighting, whatever the track. What is known is kept in the store,
 * at the latest every ten seconds, so that a restart changes nothing.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #writeEvery: number;
  /** By list and person; the least recently alerted first. */
  readonly #people = new LRUCache<string, KnownPerson>({ max: maxPeople });
  readonly #matchedBy = new Map<string, Set<string>>();

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#writeEvery = Math.min(10_000, Math.max(1_000, options.quietPeriod / 4));
  }

  /** The alert that speaks for this match already: the person was seen a moment ago, or never moves. */
  covering(template: TrackTemplate, match: ListMatch): string | null {
    const { quietPeriod, clock, mayComeAgain = false } = this.#options;
    const known = this.#people.get(keyOf(match));
    if (known && [...known.tracks].some((trackId) => trackId !== template.trackId)) {
      return known.alertId;
    }
    const stored = this.#stored(template, match);
    // What comes again after a restart is no other appearance, however late it comes.
    if (mayComeAgain && stored?.trackIds.includes(template.trackId)) return stored.alertId;
    const still = stored ? stored.still : (known?.still ?? null);
    const last = Math.max(known?.lastAt ?? 0, stored?.at ?? 0);
    const alertId = stored?.alertId ?? known?.alertId;
    if (alertId === undefined) return null;
    if (still && still.liftedAt === null && isSamePlace(still.place, placeOf(template))) {
      return alertId;
    }
    const elapsed = clock.now() - last;
    // A wall clock that was set back must not silence a camera.
    return elapsed >= 0 && elapsed < quietPeriod ? alertId : null;
  }

  /** A track is covered by this alert from now on. */
  join(template: TrackTemplate, match: ListMatch, alertId: string): void {
    const key = keyOf(match);
    const place = placeOf(template);
    const at = template.latest.capturedAt;
    const before = this.#people.get(key);
    const person = before ?? {
      alertId,
      cameraId: template.cameraId,
      tracks: new Set<string>(),
      lastAt: at,
      writtenAt: at,
      place,
      placedAt: at,
      notesElsewhere: 0,
      still: null,
    };
    if (person.alertId !== alertId) Object.assign(person, { alertId, still: null });
    person.tracks.add(template.trackId);
    this.#people.set(key, person);
    const keys = this.#matchedBy.get(template.trackId) ?? new Set();
    this.#matchedBy.set(template.trackId, keys.add(key));
    this.#noteAt(person, at, place);
  }

  /** Whom a track no longer matches, because the person was removed or the track shows another. */
  leave(template: TrackTemplate, matches: readonly ListMatch[]): void {
    const keys = this.#matchedBy.get(template.trackId);
    if (!keys) return;
    const present = new Set(matches.filter(({ matched }) => matched).map(keyOf));
    for (const key of keys) {
      if (present.has(key)) continue;
      keys.delete(key);
      this.#people.get(key)?.tracks.delete(template.trackId);
    }
  }

  /** A track is in view. */
  seen({ trackId, at, place }: TrackSighting): void {
    for (const key of this.#matchedBy.get(trackId) ?? []) {
      const person = this.#people.get(key);
      if (!person) continue;
      this.#noteAt(person, at, place);
      if (at - person.writtenAt >= this.#writeEvery) this.#write(person);
      this.#markStill(person, at);
    }
  }

  /** A track has left. */
  ended({ trackId, endedAt }: EndedTrack): void {
    for (const key of this.#matchedBy.get(trackId) ?? []) {
      const person = this.#people.get(key);
      if (!person) continue;
      person.tracks.delete(trackId);
      person.lastAt = Math.max(person.lastAt, endedAt);
      this.#write(person);
    }
    this.#matchedBy.delete(trackId);
  }

  #stored(template: TrackTemplate, { watchlistId, personId }: ListMatch): LastSighting | undefined {
    try {
      return this.#options.store.lastSighting(watchlistId, personId, template.cameraId);
    } catch (error) {
      // An alert too many is better than one too few.
      this.#options.onError(error);
      return undefined;
    }
  }

  #noteAt(person: KnownPerson, at: number, place: Box): void {
    person.lastAt = Math.max(person.lastAt, at);
    if (isSamePlace(person.place, place)) {
      person.notesElsewhere = 0;
      return;
    }
    person.notesElsewhere += 1;
    if (person.notesElsewhere < movedAfter) return;
    person.place = place;
    person.placedAt = at;
    person.notesElsewhere = 0;
  }

  #write(person: KnownPerson): void {
    person.writtenAt = person.lastAt;
    try {
      this.#options.store.seen(person.alertId, person.cameraId, person.lastAt);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #markStill(person: KnownPerson, at: number): void {
    if (person.still || at - person.placedAt < this.#options.stillAfter) return;
    const still = { since: person.placedAt, place: person.place, liftedAt: null, liftedBy: null };
    try {
      this.#options.store.markStill(person.alertId, person.cameraId, still);
      person.still = still;
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function keyOf({ watchlistId, personId }: ListMatch): string {
  return JSON.stringify([watchlistId, personId]);
}

function placeOf({ latest }: TrackTemplate): Box {
  return shareOf(latest.box, { width: latest.frameWidth, height: latest.frameHeight });
}

function isSamePlace(a: Box, b: Box): boolean {
  return intersectionOverUnion(a, b) >= samePlace;
}
