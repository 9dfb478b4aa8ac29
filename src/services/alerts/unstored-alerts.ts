import type { Alert, EvidenceChange } from '../../domain/alert.ts';

export interface UnstoredAlert {
  readonly alert: Alert;
  /** Those that are to change; null when only the alert itself was to. */
  readonly evidence: EvidenceChange | null;
  /** Number of the last stored event when it came: its place in the feed. */
  readonly afterSequence: number;
  readonly change: 'created' | 'updated';
}

/**
 * Alerts that could not be written, with their pictures, in order of arrival:
 * they can be viewed, and are written when that is possible again. Bounded:
 * the oldest goes first.
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
    if (this.#entries.size <= this.#capacity) return;
    const oldest = this.#entries.keys().next().value as string;
    this.#entries.delete(oldest);
    this.#onLost(oldest);
  }

  get(id: string): UnstoredAlert | undefined {
    return this.#entries.get(id);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Oldest first. */
  values(): UnstoredAlert[] {
    return [...this.#entries.values()];
  }
}
