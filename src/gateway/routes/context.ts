import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { Auditor } from '../access/auditor.ts';
import type { Authenticator } from '../access/authenticator.ts';
import type { GatewayAccess } from '../access/gateway-access.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import type { GatewaySignIn } from '../contract/gateway-sign-in.ts';

/** What the routes' handlers work with. */
export interface RouteContext {
  readonly services: GatewayServices;
  readonly auditor: Auditor;
  readonly authenticator: Authenticator;
  readonly clock: Pick<Clock, 'now'>;
  readonly access: Pick<GatewayAccess, 'find'>;
  readonly signIn: GatewaySignIn;
  readonly log: Log;
  readonly version: string;
  /** Open event sockets. */
  clients(): number;
}
