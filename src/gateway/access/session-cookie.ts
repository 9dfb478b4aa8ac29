import { factorBounds } from '../../domain/bounds.ts';

export const sessionCookieName = 'nightglass_session';
const browserCookieName = 'nightglass_browser';
const stepCookieName = 'nightglass_second_step';
/** As long as browsers keep a cookie. */
const browserCookieSeconds = 400 * 86_400;

const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/**
 * The name of the cookie for a page below a path prefix: two that are served by one host, below
 * different paths or one of them below none, do not hear each other's.
 */
export function sessionCookieNameOf(prefix: string): string {
  return sessionCookieName + prefix.replaceAll('/', '.');
}

/**
 * The session's secret in a `Cookie` header; undefined without one, or with something else.
 * @param prefix of the page
 */
export function sessionSecretOf(header: string | undefined, prefix: string): string | undefined {
  return secretIn(header, sessionCookieNameOf(prefix));
}

/**
 * The secret of a browser that somebody has signed in with before; undefined as above.
 * @param prefix of the page
 */
export function browserSecretOf(header: string | undefined, prefix: string): string | undefined {
  return secretIn(header, browserCookieName + prefix.replaceAll('/', '.'));
}

/**
 * The secret of a sign-in that waits for its second step; undefined as above.
 * @param prefix of the page
 */
export function stepSecretOf(header: string | undefined, prefix: string): string | undefined {
  return secretIn(header, stepCookieName + prefix.replaceAll('/', '.'));
}

function secretIn(header: string | undefined, name: string): string | undefined {
  // Several: a path or another program on this host set one of the same name; none is trusted.
  const found = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  const [secret, second] = found;
  return secret !== undefined && second === undefined && secretPattern.test(secret)
    ? secret
    : undefined;
}

/**
 * The `Set-Cookie` of a session, or with `secret` null the one that takes it away.
 * Without an age: it goes with the browser, if the session does not end before.
 */
export function sessionCookie(secret: string | null, secure: boolean, prefix: string): string {
  const age = secret === null ? 0 : undefined;
  return cookieOf(sessionCookieNameOf(prefix), secret ?? '', secure, prefix, age);
}

/**
 * The `Set-Cookie` by which a browser is known again at the next sign-in. It lets nobody in: with
 * it guesses of others do not hold its owner up.
 */
export function browserCookie(secret: string, secure: boolean, prefix: string): string {
  const name = browserCookieName + prefix.replaceAll('/', '.');
  return cookieOf(name, secret, secure, prefix, browserCookieSeconds);
}

/**
 * The `Set-Cookie` that holds a sign-in to its browser until the second step, or with `secret` null
 * the one that takes it away.
 */
export function stepCookie(secret: string | null, secure: boolean, prefix: string): string {
  const name = stepCookieName + prefix.replaceAll('/', '.');
  const age = secret === null ? 0 : factorBounds.stepMs / 1000;
  return cookieOf(name, secret ?? '', secure, prefix, age);
}

function cookieOf(
  name: string,
  value: string,
  secure: boolean,
  prefix: string,
  age: number | undefined,
): string {
  const parts = [
    `${name}=${value}`,
    `Path=${prefix === '' ? '/' : prefix}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
  ];
  return parts.join('; ');
}
