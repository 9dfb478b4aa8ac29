import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import type { SignInKind } from '../../domain/sign-in-kind.ts';
import type { Holder } from '../../services/access/account-contract.ts';
import type { ProviderEnd } from '../../services/access/oidc/watched-sessions.ts';

/** How and where a session was begun. */
export interface SessionOrigin {
  readonly by: SignInKind;
  readonly address: string;
  /** What the browser calls itself, cut to {@link agentLength}. */
  readonly agent: string;
}

/** Characters of what a browser calls itself that are kept. */
export const agentLength = 300;

/** A browser's login: stands for a token or an account until it ends. */
export interface Session extends SessionOrigin {
  /** Names the session to others; no secret. */
  readonly id: string;
  /** Id and name of the token or the account that it stands for. */
  readonly principalId: string;
  readonly name: string;
  /** As of which credentials of the account; it is over once these are others. */
  readonly credentials: number;
  /** What the page must send back with each unsafe request. */
  readonly csrf: string;
  /** Wall milliseconds at which it began. */
  readonly startedAt: number;
  /** Wall milliseconds from which on it is over, whatever happens. */
  readonly expiresAt: number;
}

/** A session with when it was used last, wall milliseconds. */
export type SessionUse = Session & { readonly usedAt: number };

/** `ended`: by its holder from elsewhere, or by an administrator. */
export type SessionEnd =
  | ('logout' | 'idle' | 'expired' | 'revoked' | 'displaced' | 'ended')
  | ProviderEnd;

export interface SessionLimits {
  /** Time without any request or open socket after which a session ends. */
  readonly sessionIdleMs: number;
  /** Time after which a session ends in any case. */
  readonly sessionLifeMs: number;
  /** Sessions of all, and of one token or account; the longest unused one makes room. */
  readonly maxSessions: number;
  readonly maxSessionsPerToken: number;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly limits: SessionLimits;
}

/** Whom a session is begun for. */
export interface SessionHolder extends Pick<Holder, 'credentials'> {
  readonly principal: { readonly id: string; readonly name: string };
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
  start(
    { principal: { id, name }, credentials }: SessionHolder,
    { by, address, agent }: SessionOrigin,
  ): { readonly secret: string; readonly session: Session } {
    const { maxSessions, maxSessionsPerToken, sessionLifeMs } = this.#limits;
    this.#sweep();
    const own = [...this.#entries].filter(([, { session }]) => session.principalId === id);
    if (own[0] !== undefined && own.length >= maxSessionsPerToken)
      this.#end(own[0][0], 'displaced');
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= maxSessions && !oldest.done) this.#end(oldest.value, 'displaced');
    const secret = randomBytes(32).toString('base64url');
    const session: Session = {
      id: randomUUID(),
      principalId: id,
      ...{ name, credentials, by, address, agent: agent.slice(0, agentLength) },
      csrf: randomBytes(32).toString('base64url'),
      startedAt: this.#clock.now(),
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

  /** Those of everybody, or of one token or account; the last used first. */
  list(principalId?: string): SessionUse[] {
    this.#sweep();
    const [wall, now] = [this.#clock.now(), this.#clock.monotonic()];
    return [...this.#entries.values()]
      .filter(({ session }) => principalId === undefined || session.principalId === principalId)
      .map(({ session, usedAt }) => ({ ...session, usedAt: wall - (now - usedAt) }))
      .reverse();
  }

  /** Ends a session by its id. False where there is none, or it is somebody else's. */
  endById(id: string, principalId?: string, why: SessionEnd = 'ended'): boolean {
    for (const { session } of this.#entries.values()) {
      if (session.id !== id) continue;
      if (principalId !== undefined && session.principalId !== principalId) return false;
      this.end(session, why);
      return true;
    }
    return false;
  }

  /** Ends all sessions of a token or an account, but for one. Returns how many. */
  endOf(principalId: string, except?: Session): number {
    const theirs = [...this.#entries.values()].filter(
      ({ session }) => session.principalId === principalId && session !== except,
    );
    for (const { session } of theirs) this.end(session, 'ended');
    return theirs.length;
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
