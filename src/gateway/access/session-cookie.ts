export const sessionCookieName = 'nightglass_session';

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
  const name = sessionCookieNameOf(prefix);
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
  const parts = [
    `${sessionCookieNameOf(prefix)}=${secret ?? ''}`,
    `Path=${prefix === '' ? '/' : prefix}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(secret === null ? ['Max-Age=0'] : []),
  ];
  return parts.join('; ');
}
