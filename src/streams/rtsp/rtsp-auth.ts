import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'digest';
      readonly realm: string;
      readonly nonce: string;
      readonly opaque: string | undefined;
      readonly algorithm: 'MD5' | 'SHA-256';
      readonly qop: boolean;
    };

/** Answers the challenges of one server: digest (SHA-256, MD5) before basic; RFC 7616, RFC 7617. */
export class RtspAuthorizer {
  readonly #credentials: Credentials;
  readonly #makeNonce: () => string;
  #challenge: Challenge | null = null;
  #count = 0;

  constructor(credentials: Credentials, makeNonce = () => randomBytes(8).toString('hex')) {
    this.#credentials = credentials;
    this.#makeNonce = makeNonce;
  }

  /**
   * Takes in the `WWW-Authenticate` headers of a 401.
   * @returns false when another try is pointless: no scheme that we speak, or
   *   the very challenge that was already answered
   */
  challenged(headers: readonly string[]): boolean {
    const challenges = headers.map(parseChallenge).filter((challenge) => challenge !== null);
    const best =
      challenges.find((c) => c.scheme === 'digest' && c.algorithm === 'SHA-256') ??
      challenges.find((c) => c.scheme === 'digest') ??
      challenges[0];
    if (best === undefined) return false;
    const stale = headers.some((header) => /stale\s*=\s*"?true/i.test(header));
    const again = this.#challenge !== null && this.#challenge.scheme === best.scheme;
    this.#challenge = best;
    this.#count = 0;
    return !again || stale;
  }

  /** The `Authorization` header of a request, or `null` before the first challenge. */
  header(method: string, uri: string): string | null {
    const challenge = this.#challenge;
    if (challenge === null) return null;
    const { username, password } = this.#credentials;
    if (challenge.scheme === 'basic') {
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
    }
    const hash = (text: string) =>
      createHash(challenge.algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text, 'utf8')
        .digest('hex');
    const secret = hash(`${username}:${challenge.realm}:${password}`);
    const request = hash(`${method}:${uri}`);
    const parts = [
      `username="${username.replace(/["\\]/g, '\\$&')}"`,
      `realm="${challenge.realm}"`,
      `nonce="${challenge.nonce}"`,
      `uri="${uri}"`,
    ];
    if (challenge.qop) {
      this.#count += 1;
      const count = this.#count.toString(16).padStart(8, '0');
      const own = this.#makeNonce();
      const answer = hash(`${secret}:${challenge.nonce}:${count}:${own}:auth:${request}`);
      parts.push(`response="${answer}"`, 'qop=auth', `nc=${count}`, `cnonce="${own}"`);
    } else {
      parts.push(`response="${hash(`${secret}:${challenge.nonce}:${request}`)}"`);
    }
    if (challenge.algorithm === 'SHA-256') parts.push('algorithm=SHA-256');
    if (challenge.opaque !== undefined) parts.push(`opaque="${challenge.opaque}"`);
    return `Digest ${parts.join(', ')}`;
  }
}

function parseChallenge(header: string): Challenge | null {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^digest\b/i.test(header)) return null;
  const fields = new Map<string, string>();
  for (const match of header.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    fields.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '');
  }
  const nonce = fields.get('nonce');
  const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  if (nonce === undefined || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) return null;
  return {
    scheme: 'digest',
    realm: fields.get('realm') ?? '',
    nonce,
    opaque: fields.get('opaque'),
    algorithm,
    qop: (fields.get('qop') ?? '').split(',').some((value) => value.trim() === 'auth'),
  };
}
