import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const algorithms = {
  'SHA-512-256': 'sha512-256',
  'SHA-256': 'sha256',
  MD5: 'md5',
} as const;
type Algorithm = keyof typeof algorithms;
const strongestFirst = Object.keys(algorithms) as Algorithm[];

type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'digest';
      readonly realm: string;
      readonly nonce: string;
      readonly opaque: string | undefined;
      readonly algorithm: Algorithm;
      /** The name as it came: `MD5-sess` and unusual capitals are sent back as they are. */
      readonly algorithmName: string | undefined;
      readonly session: boolean;
      readonly qop: boolean;
    };

/** The `Authorization` header of one request, and what it rests on. */
export interface Signed {
  readonly header: string;
  readonly scheme: Challenge['scheme'];
  /** `null` for basic authentication. */
  readonly nonce: string | null;
  /** The nonce went out with a request before, or came over another connection. */
  readonly reused: boolean;
}

/**
 * What becomes of a challenge: answered as often as the caller's bound allows, answered once
 * more (the camera gave the very nonce that it refused), or why not.
 */
export type ChallengeVerdict = 'answer' | 'once-more' | 'refused' | 'no-scheme' | 'basic-in-clear';

/** Challenges and their bytes that are looked at; more is nobody's honest wish. */
const maxChallenges = 8;
const maxChallengeLength = 4_096;

/** Answers the challenges of one server: digest (SHA-256, MD5) before basic; RFC 7616, RFC 7617. */
export class RtspAuthorizer {
  readonly #credentials: Credentials;
  readonly #allowBasic: boolean;
  readonly #makeNonce: () => string;
  #challenge: Challenge | null = null;
  #count = 0;
  #plainSession = false;

  /** @param options.allowBasic whether the password may go out as it is */
  constructor(
    credentials: Credentials,
    options: { allowBasic?: boolean; makeNonce?: () => string } = {},
  ) {
    this.#credentials = credentials;
    this.#allowBasic = options.allowBasic ?? false;
    this.#makeNonce = options.makeNonce ?? (() => randomBytes(8).toString('hex'));
  }

  /**
   * Takes in the `WWW-Authenticate` headers of a 401. Only a nonce that was new, the latest and
   * not called stale (RFC 7616, 3.3) speaks against the credentials when it is refused: others
   * may have been good for one request, for a time, or until the next one was given out.
   * @param sent what the refused request was signed with
   */
  challenged(headers: readonly string[], sent: Signed | null = null): ChallengeVerdict {
    const challenges = headers
      .slice(0, maxChallenges)
      .flatMap((header) => splitChallenges(header.slice(0, maxChallengeLength)))
      .map(parseChallenge)
      .filter((challenge) => challenge !== null);
    const digests = challenges.filter((challenge) => challenge.scheme === 'digest');
    const best =
      digests.sort(
        (a, b) => strongestFirst.indexOf(a.algorithm) - strongestFirst.indexOf(b.algorithm),
      )[0] ?? challenges[0];
    if (best === undefined) return 'no-scheme';
    if (best.scheme === 'basic' && !this.#allowBasic) return 'basic-in-clear';
    const stale = headers.some((header) =>
      /stale ?= ?"?true/i.test(header.slice(0, maxChallengeLength)),
    );
    const latest = nonceOf(this.#challenge);
    if (nonceOf(best) !== latest) this.#count = 0;
    this.#challenge = best;
    if (sent === null || sent.scheme !== best.scheme) return 'answer';
    if (best.scheme === 'basic') return 'refused';
    // Cameras name MD5-sess and mean MD5: refused once, that is tried.
    if (best.session && !this.#plainSession) {
      this.#plainSession = true;
      return 'answer';
    }
    if (stale) return 'answer';
    if (!sent.reused && sent.nonce === latest) return 'refused';
    return sent.nonce === best.nonce ? 'once-more' : 'answer';
  }

  /** Signs a request; `null` before the first challenge. */
  sign(method: string, uri: string): Signed | null {
    const challenge = this.#challenge;
    if (challenge === null) return null;
    const reused = this.#count > 0;
    this.#count += 1;
    const header = this.#header(challenge, method, uri);
    return { header, scheme: challenge.scheme, nonce: nonceOf(challenge), reused };
  }

  #header(challenge: Challenge, method: string, uri: string): string {
    const { username, password } = this.#credentials;
    if (challenge.scheme === 'basic') {
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
    }
    const { nonce, realm, opaque, algorithmName, qop } = challenge;
    const hash = (text: string) =>
      createHash(algorithms[challenge.algorithm]).update(text, 'utf8').digest('hex');
    const own = this.#makeNonce();
    const plain = hash(`${username}:${realm}:${password}`);
    const secret =
      challenge.session && !this.#plainSession ? hash(`${plain}:${nonce}:${own}`) : plain;
    const request = hash(`${method}:${uri}`);
    const parts = [
      `username="${username.replace(/["\\]/g, '\\$&')}"`,
      `realm="${realm}"`,
      `nonce="${nonce}"`,
      `uri="${uri}"`,
    ];
    if (qop) {
      const count = this.#count.toString(16).padStart(8, '0');
      const answer = hash(`${secret}:${nonce}:${count}:${own}:auth:${request}`);
      parts.push(`response="${answer}"`, 'qop=auth', `nc=${count}`, `cnonce="${own}"`);
    } else {
      parts.push(`response="${hash(`${secret}:${nonce}:${request}`)}"`);
      if (challenge.session) parts.push(`cnonce="${own}"`);
    }
    if (algorithmName !== undefined && (challenge.algorithm !== 'MD5' || challenge.session)) {
      parts.push(`algorithm=${algorithmName}`);
    }
    if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
    return `Digest ${parts.join(', ')}`;
  }
}

function nonceOf(challenge: Challenge | null): string | null {
  return challenge?.scheme === 'digest' ? challenge.nonce : null;
}

/** Several challenges may stand in one header, parted by commas as their fields are. */
function splitChallenges(header: string): string[] {
  return header.split(/, ?(?=(?:basic|digest) )/i);
}

function parseChallenge(header: string): Challenge | null {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^digest\b/i.test(header)) return null;
  const fields = readFields(header.slice(6));
  const nonce = fields.get('nonce');
  const algorithmName = fields.get('algorithm');
  const name = (algorithmName ?? 'MD5').toUpperCase();
  const session = name.endsWith('-SESS');
  const algorithm = strongestFirst.find((one) => one === name.replace(/-SESS$/, ''));
  if (nonce === undefined || algorithm === undefined) return null;
  return {
    scheme: 'digest',
    realm: fields.get('realm') ?? '',
    nonce,
    opaque: fields.get('opaque'),
    algorithm,
    algorithmName,
    session,
    qop: (fields.get('qop') ?? '')
      .split(',')
      .some((value) => value.trim().toLowerCase() === 'auth'),
  };
}

/** `name=value` and `name="value"` fields, read in one pass whatever the text is. */
function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf('=', at);
    if (equals === -1) break;
    const name =
      text
        .slice(at, equals)
        .replace(/[,;\s]/g, ' ')
        .trim()
        .split(' ')
        .at(-1) ?? '';
    at = equals + 1;
    while (text[at] === ' ') at += 1;
    let value = '';
    if (text[at] === '"') {
      at += 1;
      while (at < text.length && text[at] !== '"') {
        // What is escaped goes back as it came.
        if (text[at] === '\\' && at + 1 < text.length) value += text[at++];
        value += text[at];
        at += 1;
      }
      at += 1;
    } else {
      const start = at;
      while (at < text.length && !/[,\s]/.test(text[at] ?? '')) at += 1;
      value = text.slice(start, at);
    }
    if (name !== '') fields.set(name.toLowerCase(), value);
  }
  return fields;
}
