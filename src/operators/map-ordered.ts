import type { ObservableInput, OperatorFunction, Subscriber } from 'rxjs';
import { from, Observable } from 'rxjs';
import type { Backlog } from './backlog.ts';
import { subscribeToSource } from './subscribe-to-source.ts';

/** How one asynchronous stage treats its items. Made for every subscription. */
export interface Stage<T, R> {
  /** Does the work; its last value is the result. A throw or rejection goes to `failed`. */
  work(item: T): ObservableInput<R>;
  /** Hands the result on. From here the item is no longer the stage's. */
  done(item: T, result: R): void;
  /** Work failed: frees the item, passes on what must not be lost. */
  failed(item: T, error: unknown): void;
  /**
   * The stage is full: frees the item. What it returns takes the item's place
   * beyond the bound (a small remainder that must not be lost), null nothing.
   */
  overflow(item: T): T | null;
  /** The stream was torn down: frees the item. Called after its work settled. */
  abandoned(item: T): void;
}

export interface OrderedOptions<T> {
  /** Items worked on at once. */
  readonly concurrency: number;
  /** Items held at most, worked on, waiting and finished out of turn together. */
  readonly capacity: number;
  /** Items with the same key leave in the order in which they came; default: all of them. */
  readonly key?: (item: T) => string;
  /** Counts the items held. */
  readonly backlog?: Backlog | undefined;
}

interface Slot<T, R> {
  readonly item: T;
  readonly key: string;
  state: 'waiting' | 'working' | 'done' | 'failed';
  result?: R;
  error?: unknown;
}

/**
 * The one bounded asynchronous stage behind the operators: stock flattening
 * operators buffer without bound or ignore values without disposing of them.
 *
 * Work that has begun cannot be taken back (it may read native memory at this
 * moment), so on tear-down an item in work is freed when its work settles.
 */
export function mapOrdered<T, R, O>(
  options: OrderedOptions<T>,
  createStage: (emit: (value: O) => void) => Stage<T, R>,
): OperatorFunction<T, O> {
  const { concurrency, capacity } = options;
  if (!(concurrency >= 1))
    throw new RangeError('Cannot run a stage: concurrency must be at least 1');
  if (!(capacity >= concurrency)) {
    throw new RangeError('Cannot run a stage: capacity must be at least its concurrency');
  }
  return (source) =>
    new Observable<O>((subscriber) => {
      const stage = createStage((value) => subscriber.next(value));
      const queue = new OrderedQueue(options, stage, subscriber);
      subscriber.add(() => queue.close());
      subscribeToSource(source, subscriber, {
        next: (item) => queue.enter(item),
        complete: () => queue.end(),
      });
    });
}

/** The items that one subscription holds, in the order in which they came. */
class OrderedQueue<T, R> {
  readonly #concurrency: number;
  readonly #capacity: number;
  readonly #key: (item: T) => string;
  readonly #backlog: Backlog | undefined;
  readonly #stage: Stage<T, R>;
  readonly #subscriber: Pick<Subscriber<unknown>, 'complete' | 'error'>;
  #slots: Slot<T, R>[] = [];
  #working = 0;
  #ended = false;
  #closed = false;
  #advancing = false;
  #again = false;

  constructor(
    options: OrderedOptions<T>,
    stage: Stage<T, R>,
    subscriber: Pick<Subscriber<unknown>, 'complete' | 'error'>,
  ) {
    const { concurrency, capacity, key = () => '', backlog } = options;
    this.#concurrency = concurrency;
    this.#capacity = capacity;
    this.#key = key;
    this.#backlog = backlog;
    this.#stage = stage;
    this.#subscriber = subscriber;
  }

  enter(item: T): void {
    const admitted = this.#slots.length >= this.#capacity ? this.#stage.overflow(item) : item;
    if (admitted === null) return;
    this.#backlog?.enter();
    this.#slots.push({ item: admitted, key: this.#key(admitted), state: 'waiting' });
    this.#advance();
  }

  /** The source has completed: so does the stage once it is empty. */
  end(): void {
    this.#ended = true;
    this.#advance();
  }

  /** Frees what is not in work. */
  close(): void {
    this.#closed = true;
    const held = this.#slots;
    this.#slots = held.filter((slot) => slot.state === 'working');
    for (const slot of held) if (slot.state !== 'working') this.#abandon(slot);
  }

  #abandon(slot: Slot<T, R>): void {
    this.#backlog?.leave();
    this.#stage.abandoned(slot.item);
  }

  #start(slot: Slot<T, R>): void {
    slot.state = 'working';
    this.#working += 1;
    let input: ObservableInput<R>;
    try {
      input = this.#stage.work(slot.item);
    } catch (reason) {
      this.#settle(slot, { reason });
      return;
    }
    // Deliberately not part of the subscriber: see the note on tear-down above.
    from(input).subscribe({
      next: (value) => {
        slot.result = value;
      },
      error: (reason: unknown) => this.#settle(slot, { reason }),
      complete: () => this.#settle(slot),
    });
  }

  #settle(slot: Slot<T, R>, failure?: { readonly reason: unknown }): void {
    if (slot.state !== 'working') return;
    this.#working -= 1;
    if (failure) slot.error = failure.reason;
    slot.state = failure ? 'failed' : 'done';
    if (this.#closed) {
      this.#slots = this.#slots.filter((other) => other !== slot);
      this.#abandon(slot);
    } else {
      this.#advance();
    }
  }

  /** Takes out the first settled slot that no earlier one of its key holds back. */
  #takeReady(): Slot<T, R> | undefined {
    const blocked = new Set<string>();
    for (const [index, slot] of this.#slots.entries()) {
      if ((slot.state === 'done' || slot.state === 'failed') && !blocked.has(slot.key)) {
        this.#slots.splice(index, 1);
        return slot;
      }
      blocked.add(slot.key);
    }
    return undefined;
  }

  #advance(): void {
    if (this.#advancing) {
      this.#again = true;
      return;
    }
    this.#advancing = true;
    do {
      this.#again = false;
      this.#deliver();
      if (this.#closed) break;
      for (const slot of [...this.#slots]) {
        if (this.#working >= this.#concurrency || this.#closed) break;
        if (slot.state === 'waiting') this.#start(slot);
      }
    } while (this.#again && !this.#closed);
    this.#advancing = false;
    if (!this.#closed && this.#ended && this.#slots.length === 0) this.#subscriber.complete();
  }

  #deliver(): void {
    for (
      let ready = this.#takeReady();
      ready !== undefined && !this.#closed;
      ready = this.#closed ? undefined : this.#takeReady()
    ) {
      this.#finish(ready);
    }
  }

  #finish(slot: Slot<T, R>): void {
    this.#backlog?.leave();
    try {
      if (slot.state === 'failed') this.#stage.failed(slot.item, slot.error);
      else this.#stage.done(slot.item, slot.result as R);
    } catch (error) {
      this.#subscriber.error(error);
    }
  }
}
