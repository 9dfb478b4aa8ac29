import type { SignInKind } from '../../domain/sign-in-kind.ts';
import type { PasskeyUse } from '../../services/access/factors/passkey-factors.ts';
import { GatewayError } from '../contract/wire-error.ts';
import type { RouteContext } from './context.ts';

/**
 * Records that a passkey was refused.
 * @returns what its holder is told
 */
export async function passkeyRefused(
  { auditor }: Pick<RouteContext, 'auditor'>,
  used: PasskeyUse,
  detail: { readonly address: string; readonly by: SignInKind },
): Promise<GatewayError> {
  if (used.fault === 'counter') {
    const { account, factor } = used;
    await auditor.attempt({
      ...{ who: account.name, what: 'account.passkey_counter_back', target: account.id },
      detail: { ...detail, factor },
    });
    return new GatewayError(
      'UNAUTHENTICATED',
      'The passkey is refused: its counter went back, there may be a copy of it',
    );
  }
  return new GatewayError('UNAUTHENTICATED', 'The passkey is not right, or took too long');
}
