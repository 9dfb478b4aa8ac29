import { oidcBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/log.ts';
import { SignInRefused } from '../../../domain/sign-in-fault.ts';
import type { Identity, IdentityProvider, RenewedIdentity } from './identity-provider.ts';

/** Why a session ends that the provider stands for. */
export type ProviderEnd =
  /** The provider logged the person out, or no longer stands for them. */
  | 'provider'
  /** In no group any more that may do something here. */
  | 'no_access'
  /** The provider has not confirmed the groups for too long. */
  | 'unconfirmed';

export interface WatchedSessionsOptions {
  readonly provider: Pick<IdentityProvider, 'renew'>;
  readonly clock: Clock;
  readonly log: Log;
  /** From one look at the groups to the next, and without any until the session ends; milliseconds. */
  readonly recheckMs: number;
  readonly confirmWithinMs: number;
  /** Takes over the rights of a renewed identity. @throws SignInRefused where there are none */
  readonly confirm: (identity: RenewedIdentity) => void;
  readonly end: (session: string, why: ProviderEnd) => void;
  /** The provider no longer stands for somebody. */
  readonly leave: (who: Pick<Identity, 'issuer' | 'subject'>, why: 'no_access' | 'refused') => void;
}

interface Watched {
  readonly issuer: string;
  readonly subject: string;
  readonly sid: string | undefined;
  idToken: string;
  refreshToken: string | undefined;
  confirmedAt: number;
  dueAt: number;
  asking: boolean;
}

/** Sessions that are asked about at once. */
const atOnce = 4;
const lookMs = 5_000;
const warnEveryMs = 60_000;

/**
 * The sessions that the provider stands for, in memory alone, with the tokens that it gave. Each is
 * asked about regularly where there is a refresh token; one that was not confirmed in time ends.
 */
export class WatchedSessions {
  readonly #options: WatchedSessionsOptions;
  readonly #sessions = new Map<string, Watched>();
  #asking = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: WatchedSessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Watches a session from its start on. */
  add(session: string, { issuer, subject, sid, idToken, refreshToken }: Identity): void {
    const now = this.#options.clock.monotonic();
    this.#sessions.set(session, {
      ...{ issuer, subject, sid, idToken: hintOf(idToken), refreshToken: kept(refreshToken) },
      ...{ confirmedAt: now, dueAt: now + this.#options.recheckMs, asking: false },
    });
    this.#schedule();
  }

  /** The session has ended. Idempotent. */
  forget(session: string): void {
    this.#sessions.delete(session);
  }

  /** The ID token of a session, empty where it is too long; undefined for one that is not the provider's. */
  idTokenOf(session: string): string | undefined {
    return this.#sessions.get(session)?.idToken;
  }

  /** Ends those of a session of the provider, or without one all of the subject. @returns how many */
  endOf(
    who: { readonly sid: string | undefined; readonly subject: string | undefined },
    why: ProviderEnd = 'provider',
  ): number {
    const { sid, subject } = who;
    const found = [...this.#sessions].filter(([, watched]) => {
      if (sid !== undefined && watched.sid !== sid) return false;
      if (subject !== undefined && watched.subject !== subject) return false;
      return sid !== undefined || subject !== undefined;
    });
    for (const [session] of found) this.#end(session, why);
    return found.length;
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#sessions.clear();
  }

  #schedule(): void {
    if (this.#closed || this.#cancel !== undefined || this.#sessions.size === 0) return;
    this.#cancel = this.#options.clock.after(lookMs, () => {
      this.#cancel = undefined;
      this.#look();
      this.#schedule();
    });
  }

  #look(): void {
    const { clock, confirmWithinMs } = this.#options;
    const now = clock.monotonic();
    for (const [session, watched] of this.#sessions) {
      if (now - watched.confirmedAt >= confirmWithinMs) this.#end(session, 'unconfirmed');
      else if (watched.dueAt <= now && !watched.asking && watched.refreshToken !== undefined) {
        if (this.#asking >= atOnce) continue;
        void this.#ask(session, watched, watched.refreshToken);
      }
    }
  }

  async #ask(session: string, watched: Watched, refreshToken: string): Promise<void> {
    const { clock, confirm, provider, recheckMs } = this.#options;
    watched.asking = true;
    this.#asking += 1;
    try {
      const identity = await provider.renew(refreshToken, watched.subject);
      // It may have ended meanwhile.
      if (this.#sessions.get(session) !== watched) return;
      watched.refreshToken = kept(identity.refreshToken) ?? refreshToken;
      if (identity.idToken !== undefined) watched.idToken = hintOf(identity.idToken);
      confirm(identity);
      watched.confirmedAt = clock.monotonic();
    } catch (error) {
      this.#failed(session, watched, error);
    } finally {
      watched.asking = false;
      watched.dueAt = clock.monotonic() + recheckMs;
      this.#asking -= 1;
    }
    // Those that found no room need not wait for the next look.
    if (!this.#closed) this.#look();
  }

  #failed(session: string, watched: Watched, error: unknown): void {
    if (this.#sessions.get(session) !== watched) return;
    if (error instanceof SignInRefused) {
      const gone = error.fault === 'no_access' || error.fault === 'disabled';
      this.#end(session, gone ? 'no_access' : 'provider');
      this.#left(watched, error.fault);
      return;
    }
    const { clock, log } = this.#options;
    const now = clock.monotonic();
    if (now - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = now;
    const reason = isNightglassError(error, 'OIDC_FAILED') ? error.message : undefined;
    log.warn(
      reason === undefined ? { err: error } : { reason },
      'Cannot ask the identity provider whether groups are still the same: it is tried again',
    );
  }

  /** A sign-in that is over at the provider says nothing of another one of the same person. */
  #left({ issuer, subject }: Watched, fault: SignInRefused['fault']): void {
    const others = () => [...this.#sessions.values()].some((other) => other.subject === subject);
    if (fault === 'no_access' || (fault === 'refused' && !others())) {
      this.#options.leave({ issuer, subject }, fault);
    }
  }

  #end(session: string, why: ProviderEnd): void {
    if (this.#sessions.delete(session)) this.#options.end(session, why);
  }
}

/** What goes into an address: one that is too long is refused by servers. */
function hintOf(idToken: string): string {
  return idToken.length <= oidcBounds.hintBytes ? idToken : '';
}

/** No token of any length is held for every session. */
function kept(token: string | undefined): string | undefined {
  return token === undefined || token.length > oidcBounds.tokenBytes ? undefined : token;
}
