import type { Clock } from '../../domain/clock.ts';
import type { PeopleSeen } from '../../store/people-seen-table.ts';

export interface CountPeopleSeenOptions {
  readonly table: { add(counts: readonly PeopleSeen[], at: number): void };
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Between two writes, milliseconds; default 30 s. */
  readonly every?: number;
}

/**
 * Counts tracks that were compared with lists, by camera. What waits for a data
 * folder that cannot be written waits on: a number for each camera.
 */
export class CountPeopleSeen {
  readonly #options: CountPeopleSeenOptions;
  readonly #waiting = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(options: CountPeopleSeenOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** A track has its first template. */
  seen(cameraId: string): void {
    this.#waiting.set(cameraId, (this.#waiting.get(cameraId) ?? 0) + 1);
  }

  /** Writes what waits, and ends. Idempotent. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#flush();
  }

  #flush(): void {
    if (this.#waiting.size === 0) return;
    const { clock, table, onError } = this.#options;
    try {
      const counts = [...this.#waiting].map(([cameraId, tracks]) => ({ cameraId, tracks }));
      table.add(counts, clock.now());
      this.#waiting.clear();
    } catch (error) {
      onError(error);
    }
  }

  #schedule(): void {
    const { clock, every = 30_000 } = this.#options;
    this.#cancel = clock.after(every, () => {
      this.#flush();
      this.#schedule();
    });
  }
}
