import { createHmac } from 'node:crypto';
import { NightglassError } from '../../../domain/errors.ts';

const prefix = 'whsec_';
/** Bytes of a secret: fewer could be guessed. */
const leastBytes = 24;

/**
 * The key in a secret as Standard Webhooks writes it (`whsec_` and base64), or the bytes of any
 * other text.
 * @param where for the message
 * @throws NightglassError `CONFIG_INVALID` for one that is too short
 */
export function webhookKey(secret: string, where: string): Buffer {
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret, 'utf8');
  if (key.byteLength >= leastBytes) return key;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot sign with the secret of ${where}: it has fewer than ${leastBytes} bytes`,
    { hint: 'Make one with: printf "whsec_%s" "$(openssl rand -base64 32)"' },
  );
}

/**
 * The headers of Standard Webhooks over a body, signed with each key: while two are in force, the
 * receiver may know either.
 * @param at wall milliseconds
 */
export function signatureHeaders(
  id: string,
  at: number,
  body: Uint8Array,
  keys: readonly Buffer[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = keys.map((key) => `v1,${macOf(id, timestamp, body, key).toString('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(keys.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}

function macOf(id: string, timestamp: string, body: Uint8Array, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
