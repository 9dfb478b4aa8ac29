import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';

/** A browser's login: stands for a token until it ends. */
export interface Session {
  /** Id and name of the token that it was made with. */
  readonly tokenId: string;
  readonly name: string;
  /** What the page must send back with each unsafe request. */
  readonly csrf: string;
  /** Wall milliseconds from which on it is over, whatever happens. */
  readonly expiresAt: number;
}

export type SessionEnd = 'logout' | 'idle' | 'expired' | 'revoked' | 'displaced';

export interface SessionLimits {
  /** Time without any request or open socket after which a session ends. */
  readonly sessionIdleMs: number;
  /** Time after which a session ends in any case. */
  readonly sessionLifeMs: number;
  /** Sessions of all, and of one token; the longest unused one makes room. */
  readonly maxSessions: number;
  readonly maxSessionsPerToken: number;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly limits: SessionLimits;
}

interface Entry {
  readonly session: Session;
  readonly startedAt: number;
  usedAt: number;
}

const sweepMs = 30_000;

/**
 * Sessions of browsers, in memory alone: a restart ends them all, and no
 * secret of one ever reaches the disk. They are kept by the hash of their
 * secret, so that looking one up takes the same time whatever is guessed.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  /** By hash of the secret, the longest unused first. */
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(session: Session, why: SessionEnd) => void>();
  #cancelSweep: (() => void) | undefined;
  #closed = false;

  constructor({ clock, limits }: SessionsOptions) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Called once for each session that ends. Returns the way to stop it. */
  onEnd(listener: (session: Session, why: SessionEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins a session. `secret` goes into the cookie and is kept nowhere. */
  start(token: { readonly id: string; readonly name: string }): {
    readonly secret: string;
    readonly session: Session;
  } {
    const { maxSessions, maxSessionsPerToken, sessionLifeMs } = this.#limits;
    this.#sweep();
    const own = [...this.#entries].filter(([, { session }]) => session.tokenId === token.id);
    if (own[0] !== undefined && own.length >= maxSessionsPerToken)
      this.#end(own[0][0], 'displaced');
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= maxSessions && !oldest.done) this.#end(oldest.value, 'displaced');
    const secret = randomBytes(32).toString('base64url');
    const session: Session = {
      tokenId: token.id,
      name: token.name,
      csrf: randomBytes(32).toString('base64url'),
      expiresAt: this.#clock.now() + sessionLifeMs,
    };
    const now = this.#clock.monotonic();
    this.#entries.set(keyOf(secret), { session, startedAt: now, usedAt: now });
    this.#scheduleSweep();
    return { secret, session };
  }

  /** The session of a cookie, which is thereby used; undefined when there is none or it is over. */
  use(secret: string): Session | undefined {
    const key = keyOf(secret);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const over = this.#over(entry);
    if (over !== undefined) {
      this.#end(key, over);
      return undefined;
    }
    entry.usedAt = this.#clock.monotonic();
    // To the end: the map stays in the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.session;
  }

  /** Ends a session. Does nothing when it is over already. */
  end(session: Session, why: SessionEnd): void {
    for (const [key, entry] of this.#entries) {
      if (entry.session === session) this.#end(key, why);
    }
  }

  /** Forgets all sessions without telling anybody. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancelSweep?.();
    this.#listeners.clear();
    this.#entries.clear();
  }

  #over({ startedAt, usedAt }: Entry): SessionEnd | undefined {
    const now = this.#clock.monotonic();
    if (now - startedAt >= this.#limits.sessionLifeMs) return 'expired';
    if (now - usedAt >= this.#limits.sessionIdleMs) return 'idle';
    return undefined;
  }

  #end(key: string, why: SessionEnd): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    for (const listener of this.#listeners) listener(entry.session, why);
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) {
      const over = this.#over(entry);
      if (over !== undefined) this.#end(key, over);
    }
  }

  #scheduleSweep(): void {
    if (this.#closed || this.#cancelSweep !== undefined || this.#entries.size === 0) return;
    this.#cancelSweep = this.#clock.after(sweepMs, () => {
      this.#cancelSweep = undefined;
      this.#sweep();
      this.#scheduleSweep();
    });
  }
}

/** True when what the page sent is the session's CSRF token. */
export function csrfMatches(session: Session, sent: string | undefined): boolean {
  if (sent === undefined) return false;
  const a = createHash('sha256').update(session.csrf).digest();
  const b = createHash('sha256').update(sent).digest();
  return timingSafeEqual(a, b);
}

function keyOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
