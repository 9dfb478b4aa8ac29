import type { z } from 'zod';
import { passkeyPlace } from '../../domain/passkey-place.ts';
import type { Principal } from '../../domain/principal.ts';
import type { SignInKind } from '../../domain/sign-in-kind.ts';
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
import { beginSession, stepAsked } from './begin-session.ts';
import type { RouteContext } from './context.ts';
import { issuerOf } from './issuer-of.ts';
import { passkeyRefused } from './passkey-refused.ts';

type Remote = RouteRequest<0, 0, 0>['remote'];

/** The second step of a sign-in whose password was right. */
export function secondStepRoutes(context: RouteContext): Route[] {
  const { authenticator, services, signIn } = context;
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
        const { by, holder } = await authenticator.guessed(remote.address, () =>
          authenticator.secondSteps.attempt(
            stepAsked(body.ticket, remote),
            'second',
            async ({ holder }) => ({
              holder,
              by: await show(context, holder.principal, body, remote),
            }),
          ),
        );
        const { session, cookie } = await beginSession(context, holder, by, remote);
        return { json: session, cookie };
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
          const step = authenticator.secondSteps.find(stepAsked(body.ticket, remote), 'enrol');
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
          authenticator.secondSteps.attempt(stepAsked(ticket, remote), 'enrol', ({ holder }) => {
            const account = services.factors.account(holder.principal.id);
            return { holder, added: services.factors.totp.confirm(account, confirmed, true) };
          }),
        );
        const { holder, added } = done;
        const { session, cookie } = await beginSession(context, holder, 'password+totp', remote);
        return { json: { session, recoveryCodes: added.recoveryCodes ?? [] }, cookie };
      },
    }),
  ];
}

/** Whether what is shown is a second factor of the account. @throws GatewayError `UNAUTHENTICATED` */
async function show(
  context: RouteContext,
  { id, name: who }: Principal,
  body: z.infer<typeof secondStepBody>,
  { address, origin }: Remote,
): Promise<SignInKind> {
  const { auditor, services } = context;
  const { factors } = services;
  const failed = (by: SignInKind) =>
    auditor.attempt({ who, what: 'account.factor_failed', target: id, detail: { address, by } });
  if ('passkey' in body) {
    const by = 'password+passkey';
    const asked = { place: passkeyPlace(origin), accountId: id, holder: body.ticket };
    const used = await factors.passkeys.use(body.passkey, asked);
    if (used.fault === null) return by;
    if (used.fault !== 'counter') await failed(by);
    throw await passkeyRefused(context, used, { address, by });
  }
  const by = 'code' in body ? 'password+totp' : 'password+recovery';
  const isRight =
    'code' in body ? factors.totp.use(id, body.code) : factors.useCode(id, body.recoveryCode);
  if (isRight) return by;
  await failed(by);
  throw new GatewayError('UNAUTHENTICATED', 'The code is not right, or was used already');
}
