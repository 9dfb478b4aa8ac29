import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import { type Clock, systemClock } from '../domain/clock.ts';
import { lineKind } from '../telemetry/line-kind.ts';
import { type LogLine, RepeatedLines } from '../telemetry/repeated-lines.ts';

const secretKeys = ['password', 'secret', 'token', 'authorization', 'url', 'previewUrl'];

export interface LoggerOptions {
  readonly clock?: Clock;
  /** Where the lines go; default standard error. */
  readonly to?: DestinationStream;
}

/**
 * The program's log: JSON lines on standard error, so that standard output
 * stays for results. Keys that may hold a secret are struck out wherever a
 * mistake might let them in. Faults that repeat are summed up.
 */
export function createLogger(level: string, options: LoggerOptions = {}): Logger {
  const { clock = systemClock, to = standardError() } = options;
  const repeated = new RepeatedLines({ clock });
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[struck out]',
      },
      hooks: {
        logMethod(given, method, number) {
          const line = lineOf(given);
          const kind = line === null ? null : lineKind(number, line.details, line.message);
          if (line === null || kind === null) return method.apply(this, given);
          repeated.add(kind, line, ({ details, message }) => method.call(this, details, message));
        },
      },
    },
    to,
  );
}

/**
 * Written off the event loop: a reader that stops reading must not stop the program; pino writes
 * out the rest as the process ends. What waits is bounded, more is left out.
 */
function standardError(): DestinationStream {
  return pino.destination({ dest: 2, sync: false, maxLength: 4 * 1024 * 1024 });
}

/** Null for calls of another form than ours, which are written as they are. */
function lineOf(given: Parameters<LogFn>): LogLine | null {
  const [first, second]: unknown[] = given;
  if (typeof first === 'string') return given.length === 1 ? { details: {}, message: first } : null;
  if (typeof first !== 'object' || first === null || typeof second !== 'string') return null;
  return { details: first, message: second };
}
