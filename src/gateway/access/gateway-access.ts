import type { Principal } from '../../domain/principal.ts';

/** What the gateway needs of the token store. */
export interface GatewayAccess {
  /** Tokens in force. With none the gateway opens on loopback for the demo or not at all. */
  tokenCount(): number;
  /** The principal of a token in force, else null. Compares in constant time. */
  authenticate(token: string): Principal | null;
  /** The principal of a token in force by its id, else null: whom a session belongs to. */
  find(id: string): Principal | null;
}
