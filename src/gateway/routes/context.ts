import type { Auditor } from '../auditor.ts';
import type { GatewayBackend } from '../backend.ts';

/** What the routes' handlers work with. */
export interface RouteContext {
  readonly backend: GatewayBackend;
  readonly auditor: Auditor;
  readonly version: string;
  /** True when no token is asked for. */
  readonly open: boolean;
  /** Open event sockets. */
  clients(): number;
}
