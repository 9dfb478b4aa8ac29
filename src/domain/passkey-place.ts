import { NightglassError } from './errors.ts';

/** Where a passkey belongs: it works there alone. */
export interface PasskeyPlace {
  /** Relying party: the name of the host. */
  readonly rpId: string;
  /** Scheme, host and port of the dashboard as the browser sees it. */
  readonly origin: string;
}

/** Why browsers have no passkeys for an address: no TLS, or an IP address instead of a name. */
export type PasskeyFault = 'insecure' | 'address';

/** @param origin scheme, host and port @returns null where passkeys can be used */
export function passkeyFault(origin: string): PasskeyFault | null {
  const url = URL.parse(origin);
  // However an address was written, it is four numbers or in brackets once it is parsed.
  if (url === null || /^(?:\[.*\]|\d+(?:\.\d+){3})$/.test(url.hostname)) return 'address';
  const isLocal = /(?:^|\.)localhost$/.test(url.hostname);
  return url.protocol === 'https:' || isLocal ? null : 'insecure';
}

/** @param origin scheme, host and port @throws NightglassError `PASSKEY_UNAVAILABLE` */
export function passkeyPlace(origin: string): PasskeyPlace {
  const fault = passkeyFault(origin);
  if (fault === null) return { rpId: new URL(origin).hostname, origin };
  throw fault === 'insecure'
    ? new NightglassError('PASSKEY_UNAVAILABLE', 'Passkeys need HTTPS', {
        hint: 'Open the dashboard by https://; behind a proxy name it in server.proxies, or the address in access.address.',
      })
    : new NightglassError('PASSKEY_UNAVAILABLE', 'Passkeys need a host name, not an IP address', {
        hint: 'Open the dashboard by its name; on this machine by http://localhost and the port.',
      });
}
