import type { Clock } from '../domain/clock.ts';

/** A line of the log as its caller gave it. */
export interface LogLine {
  readonly details: object;
  readonly message: string;
}

/** What makes lines repetitions of one another. */
export interface LineKind {
  /** What the line is about: level, camera, worker, stage. */
  readonly subject: string;
  /** What is said of it. */
  readonly text: string;
  /** True for faults: that it does not come any more is a line, too. */
  readonly isFault: boolean;
}

interface Repeated {
  readonly subject: string;
  readonly isFault: boolean;
  readonly isRest: boolean;
  readonly firstAt: number;
  lastAt: number;
  saidAt: number;
  /** Index of the pause before the next summary. */
  step: number;
  total: number;
  unsaid: number;
  latest: LogLine;
  write: (line: LogLine) => void;
}

export interface RepeatedLinesOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** Kinds that are known at once; lines beyond share one kind. */
  readonly maxKinds?: number;
  /** Kinds of one subject: whoever words the text (a camera) makes no more lines than these. */
  readonly maxKindsOfSubject?: number;
}

/** Pauses before the first, second and all later summaries of a kind. */
const pauses = [60_000, 600_000, 3_600_000] as const;
/** What has not come for so long is over; more than the longest retry of a camera. */
const quietMs = 300_000;
const sweepMs = 10_000;

/**
 * Sums up what is logged again and again: the first line of a kind is written at once, further ones
 * are counted and written as one line with their number and period after a minute, ten minutes and
 * then each hour. A fault that has not come for five minutes is reported as over. The number of
 * kinds is bounded, in all and for each subject.
 */
export class RepeatedLines {
  readonly #options: Required<RepeatedLinesOptions>;
  readonly #kinds = new Map<string, Repeated>();
  readonly #kindsOfSubject = new Map<string, number>();
  #sweeping = false;

  constructor(options: RepeatedLinesOptions) {
    this.#options = { maxKinds: 2_000, maxKindsOfSubject: 8, ...options };
  }

  /** Kinds that are remembered now. */
  get size(): number {
    return this.#kinds.size;
  }

  /** Writes the line now where it is the first of its kind, else counts it. */
  add(kind: LineKind, line: LogLine, write: (line: LogLine) => void): void {
    const now = this.#options.clock.monotonic();
    const { key, subject, isRest } = this.#place(kind);
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.total += 1;
      known.unsaid += 1;
      Object.assign(known, { lastAt: now, latest: line, write });
      return;
    }
    this.#kinds.set(key, {
      subject,
      isFault: kind.isFault,
      isRest,
      firstAt: now,
      lastAt: now,
      saidAt: now,
      step: 0,
      total: 1,
      unsaid: 0,
      latest: line,
      write,
    });
    this.#kindsOfSubject.set(subject, (this.#kindsOfSubject.get(subject) ?? 0) + 1);
    write(line);
    this.#sweepLater();
  }

  /** The kind's own place, or the one for all that is beyond the bounds. */
  #place({ subject, text }: LineKind): { key: string; subject: string; isRest: boolean } {
    const { maxKinds, maxKindsOfSubject } = this.#options;
    const key = `${subject}\n${text}`;
    if (this.#kinds.has(key)) return { key, subject, isRest: false };
    if ((this.#kindsOfSubject.get(subject) ?? 0) >= maxKindsOfSubject) {
      return { key: `${subject}\n`, subject, isRest: true };
    }
    const rest = { key: '', subject: '', isRest: true };
    return this.#kinds.size < maxKinds ? { key, subject, isRest: false } : rest;
  }

  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#options.clock.after(sweepMs, () => {
      this.#sweeping = false;
      this.#sweep();
      if (this.#kinds.size > 0) this.#sweepLater();
    });
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const [key, kind] of this.#kinds) {
      if (now - kind.lastAt >= quietMs) {
        this.#forget(key, kind);
        if (kind.total > 1 && (kind.isFault || kind.unsaid > 0)) {
          const { total, firstAt, lastAt } = kind;
          say(kind, total, lastAt - firstAt, `over, after ${total} times in`);
        }
      } else if (kind.unsaid > 0 && now - kind.saidAt >= (pauses[kind.step] ?? 0)) {
        say(kind, kind.unsaid, now - kind.saidAt, `again ${kind.unsaid} times in`);
        kind.saidAt = now;
        kind.unsaid = 0;
        kind.step = Math.min(kind.step + 1, pauses.length - 1);
      }
    }
  }

  #forget(key: string, { subject }: Repeated): void {
    this.#kinds.delete(key);
    const left = (this.#kindsOfSubject.get(subject) ?? 1) - 1;
    if (left > 0) this.#kindsOfSubject.set(subject, left);
    else this.#kindsOfSubject.delete(subject);
  }
}

function say({ latest, write, isRest }: Repeated, repeated: number, ms: number, how: string): void {
  const periodSeconds = Math.round(ms / 1000);
  const what = isRest
    ? `Further lines of other kinds, the last one: ${latest.message}`
    : latest.message;
  write({
    details: { ...latest.details, repeated, periodSeconds },
    message: `${what} (${how} ${periodSeconds} s)`,
  });
}
