import type { Log } from '../domain/log.ts';
import type { GatewayAccess } from '../gateway/access/gateway-access.ts';
import { type AccountStore, holderOf } from '../services/access/account-store.ts';
import type { TokenStore } from '../services/access/tokens.ts';

/** Programs and people who may ask. */
export interface Who {
  readonly accounts: AccountStore;
  readonly tokens: TokenStore;
}

/** Number of tokens that were not revoked, and of accounts. */
export function credentialCount({ accounts, tokens }: Who): number {
  return (
    tokens.list().filter(({ revokedAt }) => revokedAt === null).length + accounts.list().length
  );
}

/**
 * Tokens and accounts as the gateway asks for them.
 * @param hasProvider whether people sign in at an identity provider
 */
export function gatewayAccess(
  { accounts, tokens }: Who,
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
      const found = await accounts.signIn(asked);
      return found === null ? null : { ...holderOf(found.account), browser: found.browser };
    },
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
