import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { oidcBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { secretBox } from '../../../store/secret-box.ts';

/** What must hold between the way to the provider and the return. */
export interface Ticket {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: shown to the provider alone, with the code. */
  readonly verifier: string;
  /** Address of the dashboard that it began at, with a slash at its end. */
  readonly home: string;
}

const place = 'sign-in';

/**
 * Sign-ins that are under way lie sealed in a cookie of the browser that began them: none can be
 * guessed, carried over to another browser or kept beyond its time, and no number of them takes
 * memory here. The key dies with the program.
 */
export class SignInTickets {
  readonly #clock: Clock;
  readonly #spent: LRUCache<string, true>;
  readonly #box: ReturnType<typeof secretBox>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#spent = new LRUCache({ max: oidcBounds.spent });
    const key = randomBytes(32);
    this.#box = secretBox(() => [key]);
  }

  seal(ticket: Ticket): string {
    const text = JSON.stringify({ ...ticket, at: this.#clock.monotonic() });
    return Buffer.from(this.#box.seal(text, place)).toString('base64url');
  }

  /**
   * The ticket of a cookie that an answer with this state belongs to, once; undefined for anything
   * else, which leaves it unused, and after its time.
   */
  take(sealed: string, state: string | null): Ticket | undefined {
    let text: string;
    try {
      text = this.#box.open(Buffer.from(sealed, 'base64url'), place);
    } catch {
      return undefined;
    }
    const { at, ...ticket } = JSON.parse(text) as Ticket & { readonly at: number };
    if (this.#clock.monotonic() - at >= oidcBounds.pendingMs) return undefined;
    if (ticket.state !== state || this.#spent.has(state)) return undefined;
    this.#spent.set(state, true);
    return ticket;
  }
}
