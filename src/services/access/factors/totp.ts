import { Secret, TOTP } from 'otpauth';

/** What authenticator apps take without being told: RFC 6238 with SHA-1, 6 digits, 30 seconds. */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after the present one whose codes are taken: clocks differ, and people type slowly. */
const window = 1;
/** As long as SHA-1's output (RFC 4226 asks for that). */
const secretBytes = 20;

/** A fresh secret, base32. */
export function makeTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** What the picture for an authenticator app says: `otpauth://totp/…`. */
export function totpAddress(secret: string, issuer: string, name: string): string {
  return new TOTP({ ...form, issuer, label: name, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The number of the step that a code is of; null where it is of none that counts now. Compares in
 * constant time.
 * @param at wall milliseconds
 */
export function totpStep(secret: string, code: string, at: number): number | null {
  // Some keyboards type wide digits; the library takes no other sign than ours.
  const token = code.normalize('NFKC').replace(/\s/g, '');
  if (!/^[0-9]{6}$/.test(token)) return null;
  const delta = TOTP.validate({
    ...{ ...form, window, timestamp: at, token },
    secret: Secret.fromBase32(secret),
  });
  return delta === null ? null : TOTP.counter({ period: form.period, timestamp: at }) + delta;
}
