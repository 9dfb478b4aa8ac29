import type { Alert, EvidenceChange } from '../../domain/alert.ts';
import type { Review } from '../../domain/review.ts';

export interface UnstoredAlert {
  readonly alert: Alert;
  /** Those that are to change; null when only the alert itself was to. */
  readonly evidence: EvidenceChange | null;
  /** Number of the last stored event when it came: its place in the feed. */
  readonly afterSequence: number;
  /** What the table lacks of it: all, a revision, or reviews alone. */
  readonly change: 'created' | 'updated' | 'reviewed';
  /** Reviews that the table lacks, oldest first. */
  readonly reviews: readonly Review[];
}

/**
 * Alerts that could not be written, with their pictures, in order of arrival:
 * they can be viewed, and are written when that is possible again. Bounded by
 * sets of pictures, one an alert and one a sighting: the oldest goes first.
 */
export class UnstoredAlerts {
  readonly #entries = new Map<string, UnstoredAlert>();
  readonly #capacity: number;
  readonly #onLost: (alertId: string) => void;

  constructor(capacity: number, onLost: (alertId: string) => void) {
    if (!(capacity >= 1)) throw new RangeError('Cannot keep fewer than one alert');
    this.#capacity = capacity;
    this.#onLost = onLost;
  }

  get size(): number {
    return this.#entries.size;
  }

  put(entry: UnstoredAlert): void {
    const { id } = entry.alert;
    const present = this.#entries.get(id);
    // Its place in the feed is where it first came; a later change brings it to the end.
    this.#entries.delete(id);
    const evidence =
      entry.evidence === null
        ? (present?.evidence ?? null)
        : { ...present?.evidence, ...entry.evidence };
    this.#entries.set(id, { ...entry, evidence });
    let sets = this.values().reduce((sum, each) => sum + pictureSets(each), 0);
    for (const [oldest, first] of this.#entries) {
      if (sets <= this.#capacity || this.#entries.size === 1) return;
      sets -= pictureSets(first);
      this.#entries.delete(oldest);
      this.#onLost(oldest);
    }
  }

  get(id: string): UnstoredAlert | undefined {
    return this.#entries.get(id);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Takes the person's name and enrolled portrait out of what waits. */
  forgetPerson(personId: string): void {
    for (const [id, entry] of this.#entries) {
      if (entry.alert.personId !== personId) continue;
      const { evidence } = entry;
      this.#entries.set(id, {
        ...entry,
        alert: { ...entry.alert, personName: '' },
        evidence: evidence === null ? null : { ...evidence, enrolled: null },
      });
    }
  }

  /** Oldest first. */
  values(): UnstoredAlert[] {
    return [...this.#entries.values()];
  }
}

function pictureSets({ evidence }: UnstoredAlert): number {
  return 1 + Object.keys(evidence ?? {}).filter((kind) => /^sighting-\d+-frame$/.test(kind)).length;
}
