import type { GatewaySignIn } from '../contract/gateway-sign-in.ts';
import { GatewayError } from '../contract/wire-error.ts';

/** That accounts sign in with a password at all. @throws GatewayError `FORBIDDEN` */
export function assertPasswords({ passwords }: GatewaySignIn): void {
  if (passwords) return;
  throw new GatewayError('FORBIDDEN', 'No account has a password here (access.passwords)');
}
