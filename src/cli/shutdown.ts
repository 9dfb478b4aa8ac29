import type { Clock } from '../domain/clock.ts';
import { systemClock } from '../domain/clock.ts';

export interface ShutdownOptions {
  readonly close: () => Promise<void>;
  /** Called with a line for people. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
  /** Longest wait for `close`, milliseconds. */
  readonly drain?: number;
  readonly exit?: (code: number) => void;
  readonly signals?: NodeJS.Process;
}

/**
 * Ends the process in order on the first SIGINT or SIGTERM, with exit code 0,
 * after at most `drain` milliseconds (default 5,000); a second signal ends it at once.
 */
export function closeOnSignal(options: ShutdownOptions): void {
  const { close, say, clock = systemClock, drain = 5_000 } = options;
  const source = options.signals ?? process;
  const exit = options.exit ?? ((code: number) => process.exit(code));
  let closing = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (closing) {
      exit(signal === 'SIGINT' ? 130 : 143);
      return;
    }
    closing = true;
    say(`${signal}: closing (once more to end at once)`);
    const cancel = clock.after(drain, () => {
      say(`not everything closed within ${drain / 1000} s; ending`);
      exit(0);
    });
    close().then(
      () => {
        cancel();
        exit(0);
      },
      (error: unknown) => {
        cancel();
        say(`closing failed: ${error instanceof Error ? error.message : String(error)}`);
        exit(1);
      },
    );
  };
  source.on('SIGINT', onSignal);
  source.on('SIGTERM', onSignal);
}
