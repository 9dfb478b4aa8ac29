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

/** What becomes of a challenge: answered, or why not. */
export type ChallengeVerdict = 'answer' | 'again' | 'no-scheme' | 'basic-in-clear';

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
   * Takes in the `WWW-Authenticate` headers of a 401.
   * @returns `answer` for a challenge that is new or stale, `again` for one
   *   whose like was answered before (a nonce that is good only once)
   */
  challenged(headers: readonly string[]): ChallengeVerdict {
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
    const again = this.#challenge !== null && this.#challenge.scheme === best.scheme;
    // Cameras name MD5-sess and mean MD5: refused once, that is tried.
    const other = again && best.scheme === 'digest' && best.session && !this.#plainSession;
    if (other) this.#plainSession = true;
    this.#challenge = best;
    this.#count = 0;
    return again && !stale && !other ? 'again' : 'answer';
  }

  /** The `Authorization` header of a request, or `null` before the first challenge. */
  header(method: string, uri: string): string | null {
    const challenge = this.#challenge;
    if (challenge === null) return null;
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
      this.#count += 1;
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
