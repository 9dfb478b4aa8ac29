import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeAuthority } from '../gateway/certificates.ts';

/** The keys of a browser that is subscribed. */
export interface BrowserKeys {
  /** Of P-256, base64url. */
  readonly privateKey: string;
  readonly p256dh: string;
  readonly auth: string;
}

export function browserKeys(): BrowserKeys {
  const pair = createECDH('prime256v1');
  const p256dh = pair.generateKeys('base64url');
  const auth = randomBytes(16).toString('base64url');
  return { privateKey: pair.getPrivateKey('base64url'), p256dh, auth };
}

/** What a browser reads of a message: RFC 8291 with RFC 8188, by Node's own cryptography alone. */
export function decryptPush(
  body: Buffer,
  { auth, p256dh, privateKey }: BrowserKeys,
): Buffer<ArrayBufferLike> {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (record.length > recordSize) throw new RangeError(`a record of ${record.length} bytes`);
  const own = createECDH('prime256v1');
  own.setPrivateKey(privateKey, 'base64url');
  const shared = own.computeSecret(sender);
  const about = Buffer.concat([
    Buffer.from('WebPush: info\0'),
    Buffer.from(p256dh, 'base64url'),
    sender,
  ]);
  const input = hkdfSync('sha256', shared, Buffer.from(auth, 'base64url'), about, 32);
  const derive = (info: string, length: number) =>
    Buffer.from(
      hkdfSync('sha256', Buffer.from(input), salt, `Content-Encoding: ${info}\0`, length),
    );
  const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  cipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) {
    throw new RangeError('the padding is none');
  }
  return padded.subarray(0, end);
}

/** What a push service learns of who sends: RFC 8292. @throws Error where the signature does not fit */
export function readVapid(header = ''): {
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
  readonly publicKey: string;
} {
  const [, token = '', publicKey = ''] = /^vapid t=([^,]+), k=(\S+)$/.exec(header) ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const fits = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!fits) throw new Error(`no signature fits: ${header}`);
  return { claims: JSON.parse(Buffer.from(body, 'base64url').toString()), publicKey };
}

/** A message that came, as a browser reads it. */
export interface Pushed {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly vapid: ReturnType<typeof readVapid>;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look at.
  readonly notice: any;
}

/** A push service of the test's own, over TLS. */
export class PushServiceDouble implements AsyncDisposable {
  readonly #server;
  readonly #browsers = new Map<string, BrowserKeys>();
  /** In the order in which they came. */
  readonly taken: Pushed[] = [];
  /** What could not be read. */
  readonly faults: unknown[] = [];
  /** Called before a message is answered. */
  answer: (path: string, count: number) => { status: number; headers?: Record<string, string> } =
    () => ({ status: 201 });
  /** What answers wait for. */
  hold: Promise<void> = Promise.resolve();
  /** Requests so far, those that were refused among them. */
  asked = 0;
  /** Certificates to trust, PEM. */
  readonly ca: string;

  private constructor() {
    const authority = makeAuthority('push');
    const { certificate: cert, key } = authority.issue('DNS:localhost,IP:127.0.0.1');
    this.ca = authority.certificate;
    this.#server = createServer({ cert, key }, async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      this.asked += 1;
      await this.hold;
      const path = request.url ?? '';
      const { status, headers = {} } = this.answer(path, this.asked);
      if (status === 201) this.#take(path, request.headers, Buffer.concat(parts));
      response.writeHead(status, headers).end();
    });
  }

  static async open(port = 0): Promise<PushServiceDouble> {
    const service = new PushServiceDouble();
    service.#server.listen(port, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A browser that subscribes: as `PushSubscription.toJSON()` has it. */
  subscribe(path: string, host = 'localhost') {
    const keys = browserKeys();
    this.#browsers.set(path, keys);
    const { auth, p256dh } = keys;
    return { endpoint: `https://${host}:${this.port}${path}`, keys: { p256dh, auth } };
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): void {
    try {
      const keys = this.#browsers.get(path);
      if (keys === undefined) throw new Error(`nobody is subscribed at ${path}`);
      const vapid = readVapid(headers.authorization);
      const notice = JSON.parse(decryptPush(body, keys).toString('utf8'));
      this.taken.push({ path, headers, bytes: body.byteLength, vapid, notice });
    } catch (error) {
      this.faults.push(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
