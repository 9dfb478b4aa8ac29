import type { Clock } from '../../../domain/clock.ts';

/** Looks at a silence are so many: a program that was held up itself takes none of it for silence. */
const looks = 4;

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Silence that is borne, milliseconds. */
  readonly ms: number;
  /** Asks the other side for a sign. */
  readonly ask: () => void;
  /** Called once, when it was silent for so long. */
  readonly onSilent: () => void;
}

/** Watches over another thread while somebody waits for it. */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #waiting = 0;
  #silent = 0;
  #cancel: (() => void) | null = null;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** The other side gave a sign. */
  heard(): void {
    this.#silent = 0;
  }

  /** Somebody waits from now on until the work has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#waiting += 1;
    if (this.#cancel === null) {
      this.#silent = 0;
      this.#look();
    }
    try {
      return await work;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.close();
    }
  }

  /** Idempotent. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #look(): void {
    const { clock, ms, ask, onSilent } = this.#options;
    this.#cancel = clock.after(ms / looks, () => {
      this.#silent += 1;
      if (this.#silent > looks) {
        this.#cancel = null;
        onSilent();
        return;
      }
      ask();
      this.#look();
    });
  }
}
