import type { Account } from '../domain/account.ts';
import type { Log } from '../domain/log.ts';
import type { FactorMethod } from '../domain/second-factor.ts';
import type { GatewayAccess } from '../gateway/access/gateway-access.ts';
import { type AccountStore, holderOf } from '../services/access/account-store.ts';
import type { SecondFactors } from '../services/access/factors/second-factors.ts';
import type { TokenStore } from '../services/access/tokens.ts';

/** Programs and people who may ask. */
export interface Who {
  readonly accounts: AccountStore;
  readonly factors: Pick<SecondFactors, 'isNeeded' | 'methods'>;
  readonly tokens: TokenStore;
}

/** Number of tokens that were not revoked, and of accounts. */
export function credentialCount({ accounts, tokens }: Pick<Who, 'accounts' | 'tokens'>): number {
  return (
    tokens.list().filter(({ revokedAt }) => revokedAt === null).length + accounts.list().length
  );
}

/**
 * Tokens and accounts as the gateway asks for them.
 * @param hasProvider whether people sign in at an identity provider
 */
export function gatewayAccess(
  { accounts, factors, tokens }: Who,
  log: Pick<Log, 'warn'>,
  hasProvider = false,
): GatewayAccess {
  return {
    // Who signs in by a provider for the first time has no account yet.
    credentialCount: () => credentialCount({ accounts, tokens }) + (hasProvider ? 1 : 0),
    authenticate: (secret) => tokens.authenticate(secret),
    find(id) {
      const principal = tokens.find(id);
      return principal === null ? accounts.holder(id) : { principal, credentials: 0 };
    },
    async signIn(asked) {
      let second: readonly FactorMethod[] | null = null;
      const isEnough = ({ id, role }: Account) => {
        const methods = factors.methods(id);
        second = methods.length > 0 || factors.isNeeded(role) ? methods : null;
        return second === null;
      };
      const found = await accounts.signIn({ ...asked, isEnough });
      return found === null ? null : { ...holderOf(found.account), browser: found.browser, second };
    },
    needsFactor: (principal) => principal !== undefined && factors.isNeeded(principal.role),
    knowsBrowser: (name, browser) => accounts.knowsBrowser(name, browser),
    seen(id) {
      try {
        accounts.seen(id);
      } catch (error) {
        // A folder that takes no writes keeps nobody out.
        log.warn({ err: error }, 'Cannot note when an account was last seen');
      }
    },
  };
}
