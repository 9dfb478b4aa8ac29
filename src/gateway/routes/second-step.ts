import type { SignInKind } from '../../domain/sign-in-kind.ts';
import type { StepAsked } from '../access/second-steps.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, type RouteRequest, route } from '../http/route.ts';
import { totpEnrolmentSchema } from '../schemas/factor.ts';
import {
  enrolBody,
  enrolConfirmBody,
  enrolledSessionSchema,
  secondStepBody,
  sessionSchema,
} from '../schemas/session.ts';
import { assertPasswords } from './assert-passwords.ts';
import type { RouteContext } from './context.ts';
import { issuerOf } from './issuer-of.ts';
import { recordStart } from './record-start.ts';
import { shownCaller } from './shown-caller.ts';
import { accountCookies } from './shown-step.ts';

type Remote = RouteRequest<0, 0, 0>['remote'];

/** The second step of a sign-in whose password was right. */
export function secondStepRoutes(context: RouteContext): Route[] {
  const { auditor, authenticator, services, signIn } = context;
  return [
    route({
      method: 'POST',
      path: '/api/login/second',
      role: null,
      limit: 'login',
      summary: 'Goes on with a sign-in: takes its second factor, begins the session',
      body: secondStepBody,
      answers: { 200: sessionSchema },
      async handle({ body, remote }) {
        assertPasswords(signIn);
        const asked = askedOf(body.ticket, remote);
        const by: SignInKind = 'code' in body ? 'password+totp' : 'password+recovery';
        const { holder } = await authenticator.guessed(remote.address, () =>
          authenticator.secondSteps.attempt(asked, 'second', async (step) => {
            const { id, name: who } = step.holder.principal;
            const isRight =
              'code' in body
                ? services.factors.totp.use(id, body.code)
                : services.factors.useCode(id, body.recoveryCode);
            if (isRight) return step;
            const detail = { address: remote.address, by };
            await auditor.attempt({ who, what: 'account.factor_failed', target: id, detail });
            throw new GatewayError('UNAUTHENTICATED', 'The code is not right, or was used already');
          }),
        );
        const { begun, cookie } = await begin(context, holder, by, remote);
        return { json: shownCaller(context, begun.principal, begun.session), cookie };
      },
    }),
    route({
      method: 'POST',
      path: '/api/login/enrol',
      role: null,
      limit: 'login',
      summary: 'Begins to add the authenticator app that an account must have before it signs in',
      body: enrolBody,
      answers: { 200: totpEnrolmentSchema },
      handle: ({ body, remote }) =>
        authenticator.guessed(remote.address, () => {
          assertPasswords(signIn);
          const step = authenticator.secondSteps.find(askedOf(body.ticket, remote), 'enrol');
          const account = services.factors.account(step.holder.principal.id);
          return { json: services.factors.totp.begin(account, issuerOf(remote.home)) };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/login/enrol/confirm',
      role: null,
      limit: 'login',
      summary: 'Adds it, answers with recovery codes, begins the session',
      body: enrolConfirmBody,
      answers: { 200: enrolledSessionSchema },
      async handle({ body, remote }) {
        assertPasswords(signIn);
        const { ticket, ...confirmed } = body;
        const done = await authenticator.guessed(remote.address, () =>
          authenticator.secondSteps.attempt(askedOf(ticket, remote), 'enrol', ({ holder }) => {
            const account = services.factors.account(holder.principal.id);
            return { holder, added: services.factors.totp.confirm(account, confirmed, true) };
          }),
        );
        const { begun, cookie } = await begin(context, done.holder, 'password+totp', remote);
        const session = shownCaller(context, begun.principal, begun.session);
        return { json: { session, recoveryCodes: done.added.recoveryCodes ?? [] }, cookie };
      },
    }),
  ];
}

function askedOf(ticket: string, { address, browser, step }: Remote): StepAsked {
  return { ticket, cookie: step, browser, address };
}

/** The session of whoever has shown all that is asked for. */
async function begin(
  { auditor, authenticator, services }: RouteContext,
  holder: Parameters<typeof authenticator.begin>[0],
  by: SignInKind,
  remote: Remote,
) {
  const begun = authenticator.begin(holder, { ...remote, by });
  const browser = services.accounts.entered(holder.principal.id, remote.browser);
  await recordStart(auditor, begun);
  return { begun, cookie: accountCookies({ ...begun, browser }, remote) };
}
