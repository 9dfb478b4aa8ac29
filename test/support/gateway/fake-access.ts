import type { Principal } from '../../../src/domain/principal.ts';
import type { GatewayAccess } from '../../../src/gateway/access/gateway-access.ts';
import type { Holder } from '../../../src/services/access/account-contract.ts';

/** Tokens for tests: the token is the key. */
export class FakeAccess implements GatewayAccess {
  readonly tokens = new Map<string, Principal>();
  /** How often a token was looked up. */
  asked = 0;
  /** How often somebody was noted as seen. */
  seenCount = 0;

  constructor(tokens: Readonly<Record<string, Partial<Principal>>> = {}) {
    for (const [token, principal] of Object.entries(tokens)) {
      this.tokens.set(token, {
        id: token,
        name: token,
        role: 'viewer',
        cameras: '*',
        watchlists: '*',
        scopes: [],
        ...principal,
      });
    }
  }

  credentialCount(): number {
    return this.tokens.size;
  }

  authenticate(token: string): Principal | null {
    this.asked += 1;
    return this.tokens.get(token) ?? null;
  }

  find(id: string): Holder | null {
    const principal = [...this.tokens.values()].find((each) => each.id === id);
    return principal === undefined ? null : { principal, credentials: 0 };
  }

  /** Nobody has a password. */
  async signIn(): Promise<null> {
    return null;
  }

  needsFactor(): boolean {
    return false;
  }

  knowsBrowser(): boolean {
    return false;
  }

  seen(): void {
    this.seenCount += 1;
  }
}
