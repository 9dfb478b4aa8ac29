import type { SignInKind } from '../../domain/sign-in-kind.ts';
import type { Holder } from '../../services/access/account-contract.ts';
import type { StepAsked } from '../access/second-steps.ts';
import type { RouteRequest } from '../http/route.ts';
import type { RouteContext } from './context.ts';
import { recordStart } from './record-start.ts';
import { shownCaller } from './shown-caller.ts';
import { accountCookies } from './shown-step.ts';

type Remote = RouteRequest<0, 0, 0>['remote'];

/** The session of whoever has shown all that is asked for. */
export async function beginSession(
  context: RouteContext,
  holder: Holder,
  by: SignInKind,
  remote: Remote,
) {
  const { auditor, authenticator, services } = context;
  const begun = authenticator.begin(holder, { ...remote, by });
  const browser = services.accounts.entered(holder.principal.id, remote.browser);
  await recordStart(auditor, begun);
  return {
    session: shownCaller(context, begun.principal, begun.session),
    cookie: accountCookies({ ...begun, browser }, remote),
  };
}

/** What a browser brings back of a sign-in whose password was right. */
export function stepAsked(ticket: string, { address, browser, step }: Remote): StepAsked {
  return { ticket, cookie: step, browser, address };
}
