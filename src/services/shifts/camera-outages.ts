import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { CameraOutageTable } from '../../store/camera-outage-table.ts';
import type { Store } from '../../store/store.ts';

/** What is wrong with a camera now. */
export interface SeenProblem {
  readonly cameraId: string;
  readonly code: string;
  readonly message: string;
}

interface Outage extends SeenProblem {
  readonly since: number;
  /** In the table; null while it may be nothing but a moment. */
  number: number | null;
}

/** What is gone before it has lasted so long is not written down, milliseconds. */
const leastMs = 10_000;

/** Writes down when cameras were not as they should be, so that a shift can be told. */
export class CameraOutages {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #table: CameraOutageTable;
  readonly #open = new Map<string, Outage>();
  #isFirst = true;

  constructor(store: Store, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
    this.#table = new CameraOutageTable(store);
  }

  /** Takes all that is wrong with cameras at this moment. A folder that takes no writes is tried again. */
  observe(problems: readonly SeenProblem[]): void {
    try {
      this.#store.write(() => this.#observe(problems));
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
    }
  }

  /** Within {@link Store.write}. */
  #observe(problems: readonly SeenProblem[]): void {
    const now = this.#clock.now();
    if (this.#isFirst) this.#table.endAll(now);
    this.#isFirst = false;
    const present = new Set(problems.map(keyOf));
    for (const problem of problems) {
      const key = keyOf(problem);
      const known = this.#open.get(key) ?? { ...problem, since: now, number: null };
      this.#open.set(key, known);
      if (known.number !== null || now - known.since < leastMs) continue;
      known.number = this.#table.begin(known);
    }
    for (const [key, { number }] of this.#open) {
      if (present.has(key)) continue;
      if (number !== null) this.#table.end(number, now);
      this.#open.delete(key);
    }
  }
}

function keyOf({ cameraId, code }: Pick<SeenProblem, 'cameraId' | 'code'>): string {
  return JSON.stringify([cameraId, code]);
}
