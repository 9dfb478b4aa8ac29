import { onvifBounds } from '../../domain/bounds.ts';
import type { FoundDevice } from '../../domain/onvif.ts';
import { at, listOf, text } from './plain-values.ts';

/** The matches of one answer; nobody honest sends many. */
export function matchesOf(value: unknown): readonly unknown[] {
  return listOf(value).slice(0, 16);
}

/**
 * A device of a match. Its address is at the machine that answered, whatever host it names: a
 * device that lies can lead nobody elsewhere, and one that does not know its own address is found.
 */
export function deviceOf(match: unknown, from: string): FoundDevice | null {
  const addresses = (text(at(match, 'XAddrs'), onvifBounds.address) ?? '')
    .split(' ')
    .slice(0, 16)
    .flatMap((one) => {
      const url = URL.parse(one);
      return url !== null && /^https?:$/.test(url.protocol) ? [url] : [];
    });
  const address = addresses.find(({ hostname }) => hostname === from) ?? addresses[0];
  if (address === undefined) return null;
  address.username = '';
  address.password = '';
  address.hash = '';
  address.hostname = from;
  const scopes = (text(at(match, 'scopes'), 8_000) ?? '').split(' ').slice(0, 64);
  return {
    address: address.href,
    name: scopeOf(scopes, 'name'),
    model: scopeOf(scopes, 'hardware'),
    location: scopeOf(scopes, 'location'),
  };
}

/** `onvif://www.onvif.org/name/…`, percent-encoded. */
function scopeOf(scopes: readonly string[], what: string): string | null {
  const start = `onvif://www.onvif.org/${what}/`;
  const scope = scopes.find((one) => one.toLowerCase().startsWith(start));
  if (scope === undefined) return null;
  const rest = scope.slice(start.length);
  try {
    return text(decodeURIComponent(rest));
  } catch {
    return text(rest);
  }
}
