import { isNightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';

/** So many are told apart. */
const mostDamaged = 1000;

/** Values of a store that could not be opened: each is reported once, and stops nobody. */
export class DamagedValues {
  readonly #log: Log | undefined;
  readonly #seen = new Set<string>();

  constructor(log: Log | undefined) {
    this.#log = log;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** What `work` reads; undefined where a value turns out to be changed or damaged. */
  around<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isNightglassError(error, 'STORE_CORRUPT')) throw error;
      if (this.#seen.size < mostDamaged && !this.#seen.has(error.message)) {
        this.#seen.add(error.message);
        this.#log?.error({ reason: error.message }, 'A value of the store cannot be read');
      }
      return undefined;
    }
  }
}
