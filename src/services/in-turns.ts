import { Turns } from '../domain/turns.ts';

const turns = new Turns((next) => void setImmediate(next));

/** Works off steps, each in a turn of the event loop of its own, also against others that do. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    await turns.next();
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Works off steps without a pause: for commands and tests, which keep nobody waiting. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
