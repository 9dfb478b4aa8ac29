/**
 * What the program holds open. Closes in reverse order; a part that does not close
 * is reported and holds up no other.
 */
export class Resources {
  readonly #stack = new AsyncDisposableStack();
  readonly #onFault: (error: unknown) => void;
  #closing: Promise<void> | undefined;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** True from the first call of `close` on. */
  get closing(): boolean {
    return this.#closing !== undefined;
  }

  /** Calls `close` when all that was added later is closed. */
  defer(close: () => Promise<void> | void): void {
    this.#stack.defer(async () => {
      try {
        await close();
      } catch (error) {
        this.#onFault(error);
      }
    });
  }

  /** Takes a part over and gives it back for use. */
  use<T extends { close(): Promise<void> | void }>(part: T): T {
    this.defer(() => part.close());
    return part;
  }

  /** Idempotent; never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#stack.disposeAsync();
    return this.#closing;
  }
}
