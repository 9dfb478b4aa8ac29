import {
  AuthorizationResponseError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { isNightglassError, NightglassError } from '../../../domain/errors.ts';
import { SignInRefused } from '../../../domain/sign-in-fault.ts';
import { FetchFault } from './guarded-fetch.ts';

/** Answers of a provider that say no to this very person or session, and name no fault. */
const refusals = new Set(['access_denied', 'consent_required', 'login_required', 'invalid_grant']);

/**
 * What failed at the provider: a refusal, or a coded error. Neither quotes what the provider wrote in
 * free text, nor a code or token.
 * @param issuer where it is
 */
export function providerFault(error: unknown, issuer: string): SignInRefused | NightglassError {
  const { host } = new URL(issuer);
  if (isNightglassError(error, 'FORBIDDEN')) return failed(host, error.message);
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const named = nameOf(error.error);
    if (refusals.has(error.error)) {
      return new SignInRefused('refused', `${host} refuses: ${named}`);
    }
    return failed(host, `it answers ${named}`);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const named = error.cause.map(({ parameters }) => nameOf(parameters.error));
    return failed(host, `it answers ${error.status}: ${named[0] ?? 'an error'}`);
  }
  return failed(host, reasonOf(error));
}

/** The name of an error, where it is one. */
function nameOf(text: string | undefined): string {
  return text !== undefined && /^[a-z_]{1,60}$/.test(text) ? text : 'an error';
}

/** Without its cause: that may hold claims. */
function failed(host: string, why: string): NightglassError {
  return new NightglassError('OIDC_FAILED', `Cannot sign in by ${host}: ${why}`, {
    hint: 'Check access.oidc and the provider; other ways to sign in go on working.',
  });
}

/** The innermost reason that says something, without what the provider sent. */
function reasonOf(error: unknown): string {
  let last = 'it fails';
  let step: unknown = error;
  for (let depth = 0; depth < 5 && step instanceof Error; depth += 1) {
    const { code } = step as NodeJS.ErrnoException;
    if (step instanceof FetchFault) return step.message;
    last =
      typeof code === 'string' && !step.message.includes(code)
        ? `${step.message} (${code})`
        : step.message;
    step = step.cause;
  }
  return last.slice(0, 300);
}
