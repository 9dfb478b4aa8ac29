import { shadowBounds } from '../../domain/bounds.ts';
import type { ShadowComparison, ShadowProgress } from '../../domain/shadow.ts';
import type { ShadowTable } from '../../store/shadow-table.ts';
import type { Store } from '../../store/store.ts';

export interface ShadowRecordOptions {
  readonly store: Pick<Store, 'write'>;
  readonly table: Pick<ShadowTable, 'add' | 'putProgress'>;
  readonly onError: (error: unknown) => void;
}

/** Rows that one transaction adds, so that none holds the event loop up. */
const atOnce = 10;

/** Writes what is counted of a run; what the data folder refuses waits, within bounds. */
export class ShadowRecord {
  readonly #options: ShadowRecordOptions;
  #waiting: ShadowComparison[] = [];

  constructor(options: ShadowRecordOptions) {
    this.#options = options;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(comparisons: readonly ShadowComparison[]): void {
    this.#waiting.push(...comparisons);
    if (this.#waiting.length > shadowBounds.unwritten) {
      this.#waiting = this.#waiting.slice(-shadowBounds.unwritten);
    }
  }

  /** Writes a part of what waits, and how far the run has come. Returns whether more waits. */
  flush(runId: string, progress: ShadowProgress): boolean {
    const { onError, store, table } = this.#options;
    try {
      const part = this.#waiting.slice(0, atOnce);
      store.write(() => {
        table.add(runId, part);
        table.putProgress(runId, progress);
      });
      this.#waiting = this.#waiting.slice(part.length);
      return this.#waiting.length > 0;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  /** What was not written belongs to a run that is over. */
  forget(): void {
    this.#waiting = [];
  }
}
