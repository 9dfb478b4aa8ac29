import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';

/** Somebody was refused something. */
export interface Denial {
  /** Name of the token; undefined for somebody unknown. */
  readonly who: string | undefined;
  readonly address: string;
  /** The error's code, and `NOT_FOUND` for a thing that is there but not theirs. */
  readonly code: string;
  /** What was asked for, as a pattern: `GET /api/alerts/:id`, `socket /ws`. */
  readonly place: string;
  /** Id of the thing asked for. */
  readonly target?: string;
  /** Stands in the record beside that. */
  readonly detail?: Readonly<Record<string, string>>;
}

const shortestWindowMs = 60_000;
const longestWindowMs = 3_600_000;
/** Different denials recorded one by one in a window: of people we know, and of all others. */
const maxKnown = 200;
const maxUnknown = 50;

interface Recorded {
  readonly denial: Denial;
  /** Times after the first, which was recorded at once. */
  again: number;
}

/**
 * Tells the audit log of denials, so that every one is counted and an attacker
 * cannot fill the disk: the first of its kind is written at once, the same ones
 * after it are counted and written as one record when the window ends. Kinds
 * beyond a bound are counted together. While denials keep coming that way, the
 * window grows from a minute to an hour; strangers have a bound of their own,
 * so that their noise hides nobody who holds a token.
 */
export class DenialLog {
  readonly #clock: Clock;
  readonly #write: (entry: AuditEntry) => void;
  readonly #recorded = new Map<string, Recorded>();
  #unknown = 0;
  #beyond = 0;
  #windowMs = shortestWindowMs;
  #openedAt = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: { clock: Clock; write: (entry: AuditEntry) => void }) {
    this.#clock = options.clock;
    this.#write = options.write;
  }

  add(denial: Denial): void {
    if (this.#closed) return;
    const { who, address, code, place, target = '', detail } = denial;
    const key = JSON.stringify(
      who === undefined ? [null, address, code, place, detail] : [who, code, place, target, detail],
    );
    const known = this.#recorded.get(key);
    if (known !== undefined) {
      known.again += 1;
      return;
    }
    this.#openWindow();
    const full =
      who === undefined
        ? this.#unknown >= maxUnknown
        : this.#recorded.size - this.#unknown >= maxKnown;
    if (full) {
      this.#beyond += 1;
      return;
    }
    if (who === undefined) this.#unknown += 1;
    this.#recorded.set(key, { denial, again: 0 });
    this.#write(entryOf(denial, 1));
  }

  /** Writes what is counted. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#cancel?.();
    this.#endWindow();
    this.#closed = true;
  }

  #openWindow(): void {
    if (this.#cancel !== undefined) return;
    this.#openedAt = this.#clock.now();
    this.#cancel = this.#clock.after(this.#windowMs, () => this.#endWindow());
  }

  #endWindow(): void {
    this.#cancel = undefined;
    const since = this.#openedAt;
    let repeated = this.#beyond > 0;
    for (const { denial, again } of this.#recorded.values()) {
      if (again === 0) continue;
      repeated = true;
      this.#write(entryOf(denial, again, since));
    }
    if (this.#beyond > 0) {
      const detail = { place: 'others', times: this.#beyond, since };
      this.#write({ who: 'system', what: 'access.denied', target: '', detail });
    }
    this.#recorded.clear();
    this.#unknown = 0;
    this.#beyond = 0;
    this.#windowMs = repeated ? Math.min(this.#windowMs * 2, longestWindowMs) : shortestWindowMs;
  }
}

function entryOf(denial: Denial, times: number, since?: number): AuditEntry {
  const { who = 'anonymous', address, code, place, target = '', detail } = denial;
  return {
    who,
    what: 'access.denied',
    target,
    detail: { place, code, address, ...detail, times, ...(since === undefined ? {} : { since }) },
  };
}
