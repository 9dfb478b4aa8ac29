import { oidcBounds } from '../../domain/bounds.ts';

const name = 'nightglass_oidc';
const sealed = /^[A-Za-z0-9_-]{64,2048}$/;

/** What a browser brings back from the provider in its `Cookie` header; undefined without it. */
export function signInCookieOf(header: string | undefined, prefix: string): string | undefined {
  const own = nameOf(prefix);
  const found = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === own ? [pair.slice(at + 1).trim()] : [];
  });
  const [value, second] = found;
  return value !== undefined && second === undefined && sealed.test(value) ? value : undefined;
}

/**
 * The `Set-Cookie` of a sign-in that is under way, or with `value` null the one that takes it away.
 * `Lax`: the browser comes back from another site, to this path alone.
 */
export function signInCookie(value: string | null, secure: boolean, prefix: string): string {
  return [
    `${nameOf(prefix)}=${value ?? ''}`,
    `Path=${prefix}/api/oidc`,
    'HttpOnly',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
    `Max-Age=${value === null ? 0 : oidcBounds.pendingMs / 1000}`,
  ].join('; ');
}

function nameOf(prefix: string): string {
  return name + prefix.replaceAll('/', '.');
}
