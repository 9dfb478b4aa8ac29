import { generateKeyPairSync } from 'node:crypto';
import type { PushKeyTable } from '../../store/push-key-table.ts';
import type { SecretBox } from '../../store/secret-box.ts';

/** The key pair that push services know the program by (RFC 8292), both base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** What the private key is sealed for: it opens nowhere else. */
export const vapidPlace = 'alerts on devices';

/** A fresh pair. */
export function makeVapidKeys(): VapidKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d = '', x = '', y = '' } = privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return { publicKey: point.toString('base64url'), privateKey: d };
}

/**
 * The pair that is kept; undefined where there is none yet.
 * @throws NightglassError `SECRET_MISSING` where it was sealed with another key
 */
export function keptVapidKeys(table: PushKeyTable, box: SecretBox): VapidKeys | undefined {
  const row = table.get();
  if (row === undefined) return undefined;
  return { publicKey: row.publicKey, privateKey: box.open(row.privateKey, vapidPlace) };
}

/** Keeps a pair, sealed. Within a transaction. */
export function keepVapidKeys(
  table: PushKeyTable,
  box: SecretBox,
  { publicKey, privateKey }: VapidKeys,
  createdAt: number,
): void {
  table.put({ publicKey, privateKey: box.seal(privateKey, vapidPlace), createdAt });
}
