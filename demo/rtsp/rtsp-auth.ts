import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly scheme: 'digest' | 'basic';
}

const realm = 'nightglass';
const nonceLifeMs = 5 * 60_000;

/** Checks the `Authorization` header of requests: basic (RFC 7617) or digest with MD5 (RFC 7616). */
export class RtspAuthenticator {
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  /** Two nonces of one millisecond are not the same. */
  #given = 0;

  /** `now`: wall time in milliseconds, for the age of nonces. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Value of `WWW-Authenticate` for a refused request. */
  challenge(scheme: Credentials['scheme']): string {
    if (scheme === 'basic') return `Basic realm="${realm}"`;
    return `Digest realm="${realm}", nonce="${this.#nonce(this.#now(), ++this.#given)}", algorithm=MD5`;
  }

  /** True when `header` proves the credentials for this request's method. */
  accepts(credentials: Credentials, method: string, header: string | undefined): boolean {
    if (header === undefined) return false;
    if (credentials.scheme === 'basic') {
      const expected = Buffer.from(`${credentials.username}:${credentials.password}`);
      return equal(`Basic ${expected.toString('base64')}`, header);
    }
    const fields = parseDigest(header);
    const nonce = fields.get('nonce') ?? '';
    if (fields.get('username') !== credentials.username || !this.#isFresh(nonce)) return false;
    const secret = md5(`${credentials.username}:${realm}:${credentials.password}`);
    const request = md5(`${method}:${fields.get('uri') ?? ''}`);
    const quality = fields.get('qop');
    const middle =
      quality === undefined
        ? nonce
        : `${nonce}:${fields.get('nc') ?? ''}:${fields.get('cnonce') ?? ''}:${quality}`;
    return equal(md5(`${secret}:${middle}:${request}`), fields.get('response') ?? '');
  }

  #nonce(at: number, serial: number): string {
    const stamp = `${Math.floor(at).toString(16)}-${serial.toString(16)}`;
    const mark = createHmac('sha256', this.#key).update(stamp).digest('hex').slice(0, 32);
    return `${stamp}-${mark}`;
  }

  #isFresh(nonce: string): boolean {
    const [at = Number.NaN, serial = Number.NaN] = nonce
      .split('-', 2)
      .map((part) => Number.parseInt(part, 16));
    if (!Number.isFinite(at) || !Number.isFinite(serial)) return false;
    return this.#now() - at < nonceLifeMs && equal(this.#nonce(at, serial), nonce);
  }
}

function parseDigest(header: string): Map<string, string> {
  const fields = new Map<string, string>();
  if (!/^digest /i.test(header)) return fields;
  for (const match of header.slice(7).matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    fields.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '');
  }
  return fields;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function equal(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
