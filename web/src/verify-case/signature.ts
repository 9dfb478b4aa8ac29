import { hashes, verify } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** How a public key of Ed25519 is told from others in DER (RFC 8410). */
const prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** A public key, DER (SPKI). */
export interface PublicKey {
  readonly der: Uint8Array;
  /** SHA-256 over the DER, hex: by this people compare keys. */
  readonly fingerprint: string;
}

/** The key of a PEM text; undefined where it is none of Ed25519. */
export function publicKeyOf(pem: string): PublicKey | undefined {
  const found = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(pem);
  const der = found?.[1] === undefined ? undefined : fromBase64(found[1].replaceAll(/\s/g, ''));
  if (der?.length !== prefix.length + 32) return undefined;
  if (prefix.some((byte, at) => der[at] !== byte)) return undefined;
  return { der, fingerprint: bytesToHex(sha256(der)) };
}

/** The key as a case holds it: PEM, and no other way to write it. */
export function pemOf({ der }: PublicKey): string {
  return `-----BEGIN PUBLIC KEY-----\n${btoa(String.fromCharCode(...der))}\n-----END PUBLIC KEY-----\n`;
}

/** The bytes of a base64 text; undefined where it is none, or written another way than usual. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return btoa(String.fromCharCode(...bytes)) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a signature holds (RFC 8032): by the browser where it can, else by a library, so on old
 * browsers and on pages that came over plain HTTP.
 */
export async function isSignedWith(
  { der }: PublicKey,
  signature: Uint8Array,
  bytes: Uint8Array,
): Promise<boolean> {
  if (signature.length !== 64) return false;
  const key = await browserKey(der);
  if (key !== undefined) {
    return crypto.subtle.verify('Ed25519', key, exact(signature), exact(bytes));
  }
  hashes.sha512 = sha512;
  return verify(signature, bytes, der.slice(prefix.length), { zip215: false });
}

async function browserKey(der: Uint8Array): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('spki', exact(der), 'Ed25519', false, ['verify']);
  } catch {
    return undefined;
  }
}

/** The same bytes in memory of their own, as WebCrypto's types want them. */
const exact = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
