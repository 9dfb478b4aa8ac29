import type { Clock } from '../../clock.ts';
import type { Auditor } from '../auditor.ts';
import type { Authenticator } from '../authenticator.ts';
import type { GatewayBackend } from '../backend.ts';

/** What the routes' handlers work with. */
export interface RouteContext {
  readonly backend: GatewayBackend;
  readonly auditor: Auditor;
  readonly authenticator: Authenticator;
  readonly clock: Pick<Clock, 'now'>;
  readonly version: string;
  /** Open event sockets. */
  clients(): number;
}
