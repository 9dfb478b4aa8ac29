export const sessionCookieName = 'nightglass_session';

const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** The session's secret in a `Cookie` header; undefined without one, or with something else. */
export function sessionSecretOf(header: string | undefined): string | undefined {
  // Several: a path or another program on this host set one of the same name; none is trusted.
  const found = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === sessionCookieName
      ? [pair.slice(at + 1).trim()]
      : [];
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
export function sessionCookie(secret: string | null, secure: boolean): string {
  const parts = [
    `${sessionCookieName}=${secret ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(secret === null ? ['Max-Age=0'] : []),
  ];
  return parts.join('; ');
}
