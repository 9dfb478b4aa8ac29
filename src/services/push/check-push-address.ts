import { createPublicKey } from 'node:crypto';
import { NightglassError } from '../../domain/errors.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import type { PushAddress } from '../../domain/push/push-device.ts';

/** Uncompressed point of P-256, and authentication secret: bytes. */
const pointBytes = 65;
const authBytes = 16;

/**
 * The address of a browser, as it may be used.
 * @param hosts of push services that are configured; `*.` before one for all below it
 * @returns the host
 * @throws NightglassError `BAD_REQUEST` for what is no address, `FORBIDDEN` for another push service
 */
export function checkPushAddress(address: PushAddress, hosts: readonly string[]): string {
  const refuse = (why: string): never => {
    // The address is a secret: it is not quoted.
    throw new NightglassError('BAD_REQUEST', `Cannot send alerts to this browser: ${why}`);
  };
  const { endpoint, p256dh, auth } = address;
  const url = endpoint.length <= pushBounds.endpoint ? URL.parse(endpoint) : null;
  if (url === null || url.protocol !== 'https:') {
    return refuse('its address is none of the form https://…');
  }
  if (`${url.username}${url.password}${url.hash}` !== '') {
    return refuse('its address holds more than host, path and query');
  }
  if (!isHostOf(hosts, url.hostname)) {
    throw new NightglassError(
      'FORBIDDEN',
      `Cannot send alerts by ${url.hostname}: it is none of the push services that are configured`,
      { hint: 'The setting push.hosts names those that are.' },
    );
  }
  if (!isPoint(p256dh)) return refuse('its public key is no point of P-256');
  if (Buffer.from(auth, 'base64url').byteLength !== authBytes) {
    return refuse(`its secret has not ${authBytes} bytes`);
  }
  return url.hostname;
}

/** True where a host is one of the patterns. @param host without port, as URLs have it */
export function isHostOf(patterns: readonly string[], host: string): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern,
  );
}

/** That it lies on the curve OpenSSL says. */
function isPoint(key: string): boolean {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.byteLength !== pointBytes || bytes[0] !== 4) return false;
  const part = (from: number) => bytes.subarray(from, from + 32).toString('base64url');
  try {
    const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(33) };
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
