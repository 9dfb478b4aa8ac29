/** What must be ended before this program may end: children, folders, servers. */
const cleanups = new Set<() => unknown>();

/**
 * Has `cleanup` run when a signal ends the bench.
 * @returns call it when there is nothing left to clean up
 */
export function atEnd(cleanup: () => unknown): () => void {
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

let ending = false;

/** Whether a signal has come: nothing new is to be begun. */
export function isEnding(): boolean {
  return ending;
}

/** Ends everything in order, the last begun first, when a signal comes; a second signal ends at once. */
export function endOnSignals(): void {
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (ending) process.exit(code);
      ending = true;
      void endAll().finally(() => process.exit(code));
    });
  }
}

async function endAll(): Promise<void> {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup();
    } catch {
      // What cannot be ended must not keep the rest from ending.
    }
  }
}
