import type { Armable } from '../../domain/arming.ts';
import type { Store } from '../../store/store.ts';

/** All that can be armed; as it was read last, while the database cannot be read. */
export class KnownArmable {
  readonly #store: Pick<Store, 'readOr'>;
  readonly #read: () => readonly Armable[];
  #known: readonly Armable[] = [];
  #isCurrent = false;

  constructor(store: Pick<Store, 'readOr'>, read: () => readonly Armable[]) {
    this.#store = store;
    this.#read = read;
  }

  /** Whether the last call of `list` could read: what it lacks is gone then. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  list(): readonly Armable[] {
    const read = this.#store.readOr<readonly Armable[] | undefined>(this.#read, undefined);
    this.#isCurrent = read !== undefined;
    this.#known = read ?? this.#known;
    return this.#known;
  }
}
