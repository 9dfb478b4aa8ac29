import type { z } from 'zod';
import type { BegunByAccount } from '../access/authenticator.ts';
import type { OpenedStep } from '../access/second-steps.ts';
import { browserCookie, sessionCookie, stepCookie } from '../access/session-cookie.ts';
import type { RouteRequest } from '../http/route.ts';
import type { secondStepSchema } from '../schemas/session.ts';

/** A sign-in that goes on with a second factor. */
export function shownStep({
  ticket,
  methods,
  purpose,
  expiresAt,
}: OpenedStep): z.infer<typeof secondStepSchema> {
  return { ticket, secondFactor: [...methods], enrol: purpose === 'enrol', expiresAt };
}

/** Of a session that an account began; the browser keeps what it has where there is nothing new. */
export function accountCookies(
  { browser, secret }: Pick<BegunByAccount, 'browser' | 'secret'>,
  { prefix, secure, step }: RouteRequest<0, 0, 0>['remote'],
): string[] {
  return [
    sessionCookie(secret, secure, prefix),
    ...(browser === undefined ? [] : [browserCookie(browser, secure, prefix)]),
    ...(step === undefined ? [] : [stepCookie(null, secure, prefix)]),
  ];
}
