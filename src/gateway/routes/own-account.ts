import type { Account } from '../../domain/account.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Session } from '../access/sessions.ts';
import { GatewayError } from '../contract/wire-error.ts';
import type { RouteRequest } from '../http/route.ts';
import type { RouteContext } from './context.ts';

/** @throws GatewayError `NOT_FOUND` for who asks with a token; NightglassError `CONFLICT` */
export function ownAccount({ services }: RouteContext) {
  return ({ id }: Principal): Account => {
    if (services.accounts.displayName(id) === undefined) {
      throw new GatewayError('NOT_FOUND', 'Who asks has no account');
    }
    return services.factors.account(id);
  };
}

/** Whoever sits down at an open session adds and removes nothing. */
export async function confirmPassword(
  { authenticator, services }: RouteContext,
  { id, name }: Account,
  password: string,
  { address, browser }: RouteRequest<0, 0, 0>['remote'],
): Promise<void> {
  await authenticator.withPassword({ name, browser }, address, () =>
    services.accounts.confirmPassword(id, password),
  );
}

/** They were begun with less, or with what is no longer there. */
export function endOthers(
  { sessions }: RouteContext['authenticator'],
  { id }: Principal,
  session: Session | undefined,
): void {
  sessions.endOf(id, session);
}
