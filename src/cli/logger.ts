import { type Logger, pino } from 'pino';

const secretKeys = ['password', 'secret', 'token', 'authorization', 'url', 'previewUrl'];

/**
 * The program's log: JSON lines on standard error, so that standard output
 * stays for results. Keys that may hold a secret are struck out wherever a
 * mistake might let them in.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[struck out]',
      },
    },
    // Written off the event loop: a reader that stops reading must not stop the program; pino
    // writes out the rest as the process ends. What waits is bounded, more is left out.
    pino.destination({ dest: 2, sync: false, maxLength: 4 * 1024 * 1024 }),
  );
}
