import { oidcBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { type Log, logKind } from '../../../domain/log.ts';
import { SignInRefused } from '../../../domain/sign-in-fault.ts';
import type { Entering, Subject } from './account-of-subject.ts';
import { type GroupRights, groupsIn, leavesGroupsOut, nameIn, rightsOf } from './group-rights.ts';
import type { Identity, IdentityProvider, RenewedIdentity } from './identity-provider.ts';
import type { LogoutTokens } from './logout-tokens.ts';
import { SignInTickets } from './sign-in-ticket.ts';
import {
  type ProviderEnd,
  WatchedSessions,
  type WatchedSessionsOptions,
} from './watched-sessions.ts';

export interface OidcSignInOptions {
  readonly provider: IdentityProvider;
  readonly logoutTokens: LogoutTokens;
  readonly clock: Clock;
  readonly log: Log;
  /** On the button. */
  readonly label: string;
  readonly groups: readonly GroupRights[];
  readonly groupsClaim: string | readonly string[];
  readonly nameClaims: readonly string[];
  readonly recheckMs: number;
  readonly confirmWithinMs: number;
  /** Whether who logs out here is logged out at the provider, too. */
  readonly endSession: boolean;
  /** The account of somebody, at a sign-in made where there is none; undefined where it is disabled. */
  readonly enter: (subject: Subject, entering: Entering) => { readonly id: string } | undefined;
  /** Notes that the provider no longer stands for somebody. @throws NightglassError `STORE_UNWRITABLE` */
  readonly leave: WatchedSessionsOptions['leave'];
}

/** Somebody who came back from the provider and may enter. */
export interface Entrant {
  /** Id of the account. */
  readonly id: string;
  /** Ties the session that begins to the provider's. */
  watch(session: string): void;
}

/** Whoever wants to sign in. */
export interface Visitor {
  /** Address of the dashboard, with a slash at its end. */
  readonly home: string;
  /** Whether whoever is signed in at the provider is asked who they are. */
  readonly another: boolean;
  /** Where from, for fair shares. */
  readonly network: string;
}

/** Single sign-on: from the button of the log-in page to the end of the session. */
export interface OidcService {
  readonly label: string;
  /**
   * Begins a sign-in.
   * @returns where to send the browser, and what it is to bring back in a cookie
   * @throws NightglassError `OIDC_FAILED` @throws SignInRefused `busy`
   */
  begin(visitor: Visitor): Promise<{ readonly url: string; readonly cookie: string }>;
  /**
   * Ends one, with what the browser came back with.
   * @throws NightglassError `OIDC_FAILED`, `STORE_UNWRITABLE` @throws SignInRefused
   */
  complete(answer: URLSearchParams, cookie: string | undefined, network: string): Promise<Entrant>;
  /** Where the browser logs out at the provider, too; undefined where it need not. */
  logoutAddress(session: string, home: string): Promise<string | undefined>;
  /**
   * Ends the sessions that a logout token of the provider names.
   * @returns how many
   * @throws NightglassError `BAD_REQUEST`, `OIDC_FAILED` @throws SignInRefused `busy`
   */
  loggedOut(token: string, network: string): Promise<number>;
  /** A session has ended here. Idempotent. */
  ended(session: string): void;
  /** Called with each session that the provider, or its silence, ends. Returns the way to stop it. */
  onEnd(listener: (session: string, why: ProviderEnd) => void): () => void;
}

export class OidcSignIn implements OidcService {
  readonly label: string;
  readonly #options: OidcSignInOptions;
  readonly #tickets: SignInTickets;
  readonly #watched: WatchedSessions;
  readonly #listeners = new Set<(session: string, why: ProviderEnd) => void>();
  /** Conversations with the provider, by network. */
  readonly #atOnce = new Map<string, number>();

  constructor(options: OidcSignInOptions) {
    const { clock, confirmWithinMs, label, log, provider, recheckMs } = options;
    this.label = label;
    this.#options = options;
    this.#tickets = new SignInTickets(clock);
    this.#watched = new WatchedSessions({
      ...{ provider, clock, log, recheckMs, confirmWithinMs },
      confirm: (identity) => void this.#enter(identity, 'renewal'),
      leave: (who, why) => this.#leave(who, why),
      end: (session, why) => {
        for (const listener of this.#listeners) listener(session, why);
      },
    });
  }

  async begin({ home, another, network }: Visitor) {
    return this.#inRoom(network, async () => {
      const { url, ticket } = await this.#options.provider.begin(home, another);
      return { url: url.href, cookie: this.#tickets.seal(ticket) };
    });
  }

  async complete(
    answer: URLSearchParams,
    cookie: string | undefined,
    network: string,
  ): Promise<Entrant> {
    const state = answer.get('state');
    const ticket = cookie === undefined ? undefined : this.#tickets.take(cookie, state);
    if (ticket === undefined) {
      throw new SignInRefused('expired', 'The sign-in took too long or was begun elsewhere');
    }
    return this.#inRoom(network, async () => {
      const identity = await this.#options.provider.complete(answer, ticket);
      const { id } = this.#enterFirst(identity);
      return { id, watch: (session) => this.#watched.add(session, identity) };
    });
  }

  async logoutAddress(session: string, home: string): Promise<string | undefined> {
    const idToken = this.#watched.idTokenOf(session);
    if (idToken === undefined || !this.#options.endSession) return undefined;
    return (await this.#options.provider.endSession(idToken, home))?.href;
  }

  async loggedOut(token: string, network: string): Promise<number> {
    return this.#inRoom(network, async () =>
      this.#watched.endOf(await this.#options.logoutTokens.read(token)),
    );
  }

  ended(session: string): void {
    this.#watched.forget(session);
  }

  onEnd(listener: (session: string, why: ProviderEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Idempotent. */
  close(): void {
    this.#listeners.clear();
    this.#watched.close();
  }

  /** Who may not enter any more has no session from before either. */
  #enterFirst(identity: Identity): { readonly id: string } {
    try {
      return this.#enter(identity, 'sign-in');
    } catch (error) {
      if (error instanceof SignInRefused) {
        this.#watched.endOf({ sid: undefined, subject: identity.subject }, 'no_access');
        if (error.fault === 'no_access') this.#leave(identity, 'no_access');
      }
      throw error;
    }
  }

  #leave: WatchedSessionsOptions['leave'] = (who, why) => {
    try {
      this.#options.leave(who, why);
    } catch (error) {
      // The session has ended in any case.
      const message = 'Cannot note that the identity provider no longer stands for somebody';
      this.#options.log.error({ err: error }, message);
    }
  };

  /** @throws SignInRefused `no_access`, `disabled` */
  #enter(identity: Identity | RenewedIdentity, entering: Entering): { readonly id: string } {
    const { groups, groupsClaim, log, nameClaims } = this.#options;
    const { claims, issuer, subject } = identity;
    const named = nameIn(claims, nameClaims);
    const theirs = groupsIn(claims, groupsClaim);
    if (theirs === undefined) {
      log.warn(
        {
          [logKind]: 'claims without groups',
          claims: Object.keys(claims).slice(0, 50),
          leavesGroupsOut: leavesGroupsOut(claims),
        },
        'The identity provider says nothing of groups: see access.oidc.groupsClaim',
      );
    }
    const rights = rightsOf(theirs ?? [], groups);
    if (rights === undefined) {
      throw new SignInRefused('no_access', 'In no group that may do something here', named);
    }
    const displayName = nameIn(claims, ['name', ...nameClaims]);
    const person = { issuer, subject, displayName, ...rights, name: named ?? subject };
    const account = this.#options.enter(person, entering);
    if (account === undefined) {
      throw new SignInRefused('disabled', 'The account is disabled or removed', named);
    }
    return account;
  }

  async #inRoom<T>(network: string, work: () => Promise<T>): Promise<T> {
    const own = this.#atOnce.get(network) ?? 0;
    const all = [...this.#atOnce.values()].reduce((sum, count) => sum + count, 0);
    if (own >= oidcBounds.atOnceOfNetwork || all >= oidcBounds.atOnce) {
      throw new SignInRefused('busy', 'Too many sign-ins by the provider at once');
    }
    this.#atOnce.set(network, own + 1);
    try {
      return await work();
    } finally {
      const left = (this.#atOnce.get(network) ?? 1) - 1;
      if (left > 0) this.#atOnce.set(network, left);
      else this.#atOnce.delete(network);
    }
  }
}
