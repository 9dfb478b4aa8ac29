import type { ObservableInput, OperatorFunction } from 'rxjs';
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
  const { concurrency, capacity, key = () => '', backlog } = options;
  if (!(concurrency >= 1))
    throw new RangeError('Cannot run a stage: concurrency must be at least 1');
  if (!(capacity >= concurrency)) {
    throw new RangeError('Cannot run a stage: capacity must be at least its concurrency');
  }
  return (source) =>
    new Observable<O>((subscriber) => {
      const stage = createStage((value) => subscriber.next(value));
      let slots: Slot<T, R>[] = [];
      let working = 0;
      let sourceCompleted = false;
      let closed = false;
      let advancing = false;
      let again = false;

      subscriber.add(() => {
        closed = true;
        const held = slots;
        slots = held.filter((slot) => slot.state === 'working');
        for (const slot of held) if (slot.state !== 'working') abandon(slot);
      });

      function abandon(slot: Slot<T, R>): void {
        backlog?.leave();
        stage.abandoned(slot.item);
      }

      function start(slot: Slot<T, R>): void {
        slot.state = 'working';
        working += 1;
        const settle = (error?: { readonly reason: unknown }): void => {
          if (slot.state !== 'working') return;
          working -= 1;
          if (error) slot.error = error.reason;
          slot.state = error ? 'failed' : 'done';
          if (closed) {
            slots = slots.filter((other) => other !== slot);
            abandon(slot);
          } else {
            advance();
          }
        };
        let input: ObservableInput<R>;
        try {
          input = stage.work(slot.item);
        } catch (reason) {
          settle({ reason });
          return;
        }
        // Deliberately not part of the subscriber: see the note on tear-down above.
        from(input).subscribe({
          next: (value) => {
            slot.result = value;
          },
          error: (reason: unknown) => settle({ reason }),
          complete: () => settle(),
        });
      }

      /** Takes out the first settled slot that no earlier one of its key holds back. */
      function takeReady(): Slot<T, R> | undefined {
        const blocked = new Set<string>();
        for (const [index, slot] of slots.entries()) {
          if ((slot.state === 'done' || slot.state === 'failed') && !blocked.has(slot.key)) {
            slots.splice(index, 1);
            return slot;
          }
          blocked.add(slot.key);
        }
        return undefined;
      }

      function advance(): void {
        if (advancing) {
          again = true;
          return;
        }
        advancing = true;
        do {
          again = false;
          let ready = takeReady();
          while (ready && !closed) {
            finish(ready);
            ready = closed ? undefined : takeReady();
          }
          if (closed) break;
          for (const slot of [...slots]) {
            if (working >= concurrency || closed) break;
            if (slot.state === 'waiting') start(slot);
          }
        } while (again && !closed);
        advancing = false;
        if (!closed && sourceCompleted && slots.length === 0) subscriber.complete();
      }

      function finish(slot: Slot<T, R>): void {
        backlog?.leave();
        try {
          if (slot.state === 'failed') stage.failed(slot.item, slot.error);
          else stage.done(slot.item, slot.result as R);
        } catch (error) {
          subscriber.error(error);
        }
      }

      subscribeToSource(source, subscriber, {
        next(item) {
          let admitted: T | null = item;
          if (slots.length >= capacity) admitted = stage.overflow(item);
          if (admitted === null) return;
          backlog?.enter();
          slots.push({ item: admitted, key: key(admitted), state: 'waiting' });
          advance();
        },
        complete() {
          sourceCompleted = true;
          advance();
        },
      });
    });
}
