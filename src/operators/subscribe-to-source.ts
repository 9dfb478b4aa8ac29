import type { Observable } from 'rxjs';
import { Subscriber } from 'rxjs';

/** What an operator does with the signals of its source; the absent ones are passed on. */
export interface SourceHandlers<T> {
  next(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

/**
 * Subscribes an operator to its source. Register the operator's own tear-down
 * on `subscriber` first: the source may emit and end before this returns.
 * What `followed` throws becomes the subscriber's error.
 */
export function subscribeToSource<T>(
  source: Observable<T>,
  subscriber: Subscriber<never>,
  followed: SourceHandlers<T>,
): void {
  const guard = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      subscriber.error(error);
    }
  };
  const inner = new Subscriber<T>({
    next: (value) => guard(() => followed.next(value)),
    error: (error: unknown) =>
      guard(() => (followed.error ? followed.error(error) : subscriber.error(error))),
    complete: () => guard(() => (followed.complete ? followed.complete() : subscriber.complete())),
  });
  subscriber.add(inner);
  source.subscribe(inner);
}
