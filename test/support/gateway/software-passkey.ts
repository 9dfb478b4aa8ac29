import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { PasskeyCreation, PasskeyRequest } from '../../../src/client/nightglass-client.ts';

export interface SignOptions {
  /** Origin that the browser is at. */
  readonly origin: string;
  /** Of the authenticator; default: one more than the last. */
  readonly counter?: number;
  /** Whether it has verified who uses it; default true. */
  readonly isVerified?: boolean;
  /** Host that it believes to be at; default: the one that is asked for. */
  readonly rpId?: string;
  /** In the place of the challenge that is asked for. */
  readonly challenge?: string;
  readonly userHandle?: string | null;
}

/** An authenticator of one passkey (ES256), as WebAuthn 6.1 and 6.5 describe it, and its browser. */
export class SoftwarePasskey {
  readonly id = randomBytes(32).toString('base64url');
  counter = 0;
  #userHandle = Buffer.from('nobody').toString('base64url');
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** What a browser sends of a passkey that was made. @param x5c certificates, for an attestation */
  make(creation: PasskeyCreation, options: SignOptions, x5c?: readonly Uint8Array[]) {
    this.#userHandle = creation.user.id;
    const clientData = clientDataOf('webauthn.create', creation.challenge, options);
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, this.#coseKey()]);
    const data = this.#data(options.rpId ?? creation.rp.id, 0x40, options, attested);
    const statement =
      x5c === undefined
        ? cborMap([])
        : cborMap([
            [cborText('alg'), Buffer.from([0x26])],
            [cborText('sig'), cborBytes(Buffer.alloc(70))],
            [cborText('x5c'), Buffer.concat([cborHead(4, x5c.length), ...x5c.map(cborBytes)])],
          ]);
    const attestation = cborMap([
      [cborText('fmt'), cborText(x5c === undefined ? 'none' : 'packed')],
      [cborText('attStmt'), statement],
      [cborText('authData'), cborBytes(data)],
    ]);
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** What a browser sends of a passkey that signs in. */
  show(request: PasskeyRequest, options: SignOptions) {
    const clientData = clientDataOf('webauthn.get', request.challenge, options);
    this.counter = options.counter ?? this.counter + 1;
    const data = this.#data(options.rpId ?? request.rpId, 0, options, Buffer.alloc(0));
    const hash = createHash('sha256').update(clientData).digest();
    const signature = sign('sha256', Buffer.concat([data, hash]), this.#keys.privateKey);
    const { userHandle = this.#userHandle } = options;
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    };
  }

  #data(rpId: string, flags: number, options: SignOptions, rest: Uint8Array): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(options.counter ?? this.counter);
    const [present, verified] = [0x01, options.isVerified === false ? 0 : 0x04];
    const head = Buffer.from([flags | present | verified]);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, counter, rest]);
  }

  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    return cborMap([
      [Buffer.from([0x01]), Buffer.from([0x02])],
      [Buffer.from([0x03]), Buffer.from([0x26])],
      [Buffer.from([0x20]), Buffer.from([0x01])],
      [Buffer.from([0x21]), cborBytes(Buffer.from(x, 'base64url'))],
      [Buffer.from([0x22]), cborBytes(Buffer.from(y, 'base64url'))],
    ]);
  }
}

function clientDataOf(type: string, asked: string, { challenge = asked, origin }: SignOptions) {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function cborHead(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, text.length), Buffer.from(text)]);
}

function cborBytes(bytes: Uint8Array): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
}
