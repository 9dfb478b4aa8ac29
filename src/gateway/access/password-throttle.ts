import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.ts';
import type { Limiter } from './limiter.ts';

/** Failures that cost nothing: people mistype. */
const free = 5;
const longestWaitMs = 15 * 60_000;
/** Names, and names with a browser, remembered; beyond, the one that was not counted for longest is forgotten. */
const maxKeys = 10_000;

/** Who tries a password. */
export interface PasswordAttempt {
  /** Login name, in the one form in which names are compared. */
  readonly name: string;
  /** Network that it is counted by. */
  readonly network: string;
  /** Secret of a browser that this name's password was right in before; undefined of all others. */
  readonly browser: string | undefined;
}

interface Failures {
  count: number;
  lastAt: number;
}

/**
 * Slows down guesses of passwords: by network as wrong tokens are, and by name, whether there is
 * such a name or not, with a wait that doubles up to a quarter of an hour. A browser in which the
 * name's password was right before is counted by itself, for each name that this holds of: guesses
 * of others, from the same network too, never keep its owner out ("device cookies" of OWASP).
 */
export class PasswordThrottle {
  readonly #clock: Clock;
  readonly #networks: Limiter;
  readonly #failures = new LRUCache<string, Failures>({ max: maxKeys });

  /** @param networks wrong tokens and passwords by network */
  constructor(clock: Clock, networks: Limiter) {
    this.#clock = clock;
    this.#networks = networks;
  }

  /**
   * Seconds until an attempt may be made; 0: it is counted as a failure until
   * {@link succeeded}, so that many at once are no more than one after the other.
   */
  enter(attempt: PasswordAttempt): number {
    const key = keyOf(attempt);
    const network = attempt.browser === undefined ? this.#networks.blockedFor(attempt.network) : 0;
    const wait = Math.max(network, this.#blockedFor(key));
    if (wait > 0) return wait;
    const { count } = this.#failures.get(key) ?? { count: 0 };
    this.#failures.set(key, { count: count + 1, lastAt: this.#clock.monotonic() });
    return 0;
  }

  /** The attempt was right. */
  succeeded(attempt: PasswordAttempt): void {
    this.#failures.delete(keyOf(attempt));
  }

  /** The attempt was wrong: its network is charged. */
  failed(attempt: PasswordAttempt): void {
    this.#networks.count(attempt.network);
  }

  /** The attempt was not made after all. */
  withdrawn(attempt: PasswordAttempt): void {
    const known = this.#failures.get(keyOf(attempt));
    if (known !== undefined) known.count = Math.max(0, known.count - 1);
  }

  #blockedFor(key: string): number {
    const known = this.#failures.peek(key);
    if (known === undefined || known.count < free) return 0;
    const waitMs = Math.min(longestWaitMs, 1000 * 2 ** (known.count - free));
    return Math.max(0, Math.ceil((known.lastAt + waitMs - this.#clock.monotonic()) / 1000));
  }
}

function keyOf({ name, browser }: PasswordAttempt): string {
  return browser === undefined ? `name ${name}` : `browser ${browser} ${name}`;
}
