import type { Principal } from '../../../src/domain/principal.ts';
import type { GatewayAccess } from '../../../src/gateway/access/gateway-access.ts';

/** Tokens for tests: the token is the key. */
export class FakeAccess implements GatewayAccess {
  readonly tokens = new Map<string, Principal>();
  /** How often a token was looked up. */
  asked = 0;

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

  tokenCount(): number {
    return this.tokens.size;
  }

  authenticate(token: string): Principal | null {
    this.asked += 1;
    return this.tokens.get(token) ?? null;
  }

  find(id: string): Principal | null {
    return [...this.tokens.values()].find((principal) => principal.id === id) ?? null;
  }
}
