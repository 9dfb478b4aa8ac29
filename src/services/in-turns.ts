import { Turns } from '../domain/turns.ts';

const turns = new Turns((next) => void setImmediate(next));

/** How long steps go on in one turn, milliseconds. A step itself should take no longer. */
const turnMs = 2;

/**
 * Works off steps, a few milliseconds of them in a turn of the event loop, also against others that
 * do. What the caller does with the result has a turn of its own.
 */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    await turns.next();
    const until = performance.now() + turnMs;
    do {
      const step = steps.next();
      if (step.done) {
        await turns.next();
        return step.value;
      }
    } while (performance.now() < until);
  }
}

/** Does `work` for each in steps of so many. */
export function* eachInSteps<T, R>(
  all: Iterable<T>,
  atOnceCount: number,
  work: (one: T) => R,
): Generator<void, R[]> {
  const done: R[] = [];
  for (const one of all) {
    if (done.length > 0 && done.length % atOnceCount === 0) yield;
    done.push(work(one));
  }
  return done;
}

/** Resolves when others have had the event loop. */
export function othersFirst(): Promise<void> {
  return turns.next();
}

/** Works off steps without a pause: for commands and tests, which keep nobody waiting. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
