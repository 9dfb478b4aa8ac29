import type { Clock } from '../../domain/clock.ts';
import type { Auditor } from '../access/auditor.ts';
import type { Authenticator } from '../access/authenticator.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';

/** What the routes' handlers work with. */
export interface RouteContext {
  readonly services: GatewayServices;
  readonly auditor: Auditor;
  readonly authenticator: Authenticator;
  readonly clock: Pick<Clock, 'now'>;
  readonly version: string;
  /** Open event sockets. */
  clients(): number;
}
