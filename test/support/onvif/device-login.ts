import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { contentOf } from './soap-text.ts';

export interface DeviceUser {
  readonly username: string;
  readonly password: string;
}

/** How far the time of a login may be from the device's own (a usual figure of replay protection). */
const windowMs = 5_000;

/**
 * Why a request is not let in: by a UsernameToken of its head (WS-Security UsernameToken Profile
 * 1.0: `Base64(SHA-1(nonce + created + password))`), null where it is.
 */
export function tokenFault(xml: string, user: DeviceUser, now: number): string | null {
  const [nonce, created, digest] = ['Nonce', 'Created', 'Password'].map((name) =>
    contentOf(xml, name),
  );
  if (nonce === undefined || created === undefined || digest === undefined) return 'no token';
  if (contentOf(xml, 'Username') !== user.username) return 'another user';
  if (Math.abs(Date.parse(created) - now) > windowMs) return 'its time is not ours';
  const wanted = createHash('sha1')
    .update(Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(created + user.password)]))
    .digest('base64');
  return wanted === digest ? null : 'a wrong password';
}

/** Digest of HTTP (RFC 7616), MD5 with `qop=auth`. */
export class HttpDigest {
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #user: DeviceUser;

  constructor(user: DeviceUser) {
    this.#user = user;
  }

  get challenge(): string {
    return `Digest realm="onvif", qop="auth", nonce="${this.#nonce}", algorithm=MD5`;
  }

  isGood({ headers, method }: IncomingMessage): boolean {
    const fields = new Map(
      [...(headers.authorization ?? '').matchAll(/(\w+)="?([^",]*)"?/g)].map((match) => [
        match[1],
        match[2],
      ]),
    );
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const { username, password } = this.#user;
    const one = md5(`${username}:onvif:${password}`);
    const two = md5(`${method}:${fields.get('uri')}`);
    const [nc, cnonce, qop] = ['nc', 'cnonce', 'qop'].map((name) => fields.get(name));
    return fields.get('response') === md5(`${one}:${this.#nonce}:${nc}:${cnonce}:${qop}:${two}`);
  }
}
