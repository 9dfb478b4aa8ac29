import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { NightglassError } from '../domain/errors.ts';
import { Opener, type Seal, Sealer } from './envelope.ts';

const signatureBytes = 64;

/** The parts that one side of a line between a site and its centre holds. */
export interface FederationKeys {
  /** What both ends share: 32 characters or more. */
  readonly secret: string;
  /** Of this end. */
  readonly privateKey: KeyObject;
  /** Of the other end, which was handed over by hand. */
  readonly peerKey: KeyObject;
}

/**
 * Signs (Ed25519) and seals (AES-256-GCM) what goes to the other end, and opens what comes from
 * it. Each message has one purpose, which both signature and seal cover: it opens for nothing else.
 */
export class FederationSeal {
  readonly #keys: FederationKeys;
  readonly #sealer: Sealer;
  readonly #opener: Opener;
  readonly #peer: string;

  /** @param own name of this end, `peer` of the other; `startedAt` wall milliseconds */
  constructor(keys: FederationKeys, own: string, peer: string, startedAt: number) {
    this.#keys = keys;
    this.#peer = peer;
    this.#sealer = new Sealer(keys.secret, own, startedAt);
    this.#opener = new Opener(keys.secret);
  }

  seal(purpose: string, body: Uint8Array): Uint8Array {
    const signature = sign(null, signed(purpose, body), this.#keys.privateKey);
    return this.#sealer.seal(purpose, Buffer.concat([signature, body])).bytes;
  }

  /** @returns which of both does not hold, where one does not */
  open(
    purpose: string,
    bytes: Uint8Array,
  ): { readonly seal: Seal; readonly body: Buffer } | 'seal' | 'signature' {
    const opened = this.#opener.open(purpose, bytes);
    if (opened === null || opened.seal.node !== this.#peer) return 'seal';
    const plain = Buffer.from(opened.plain);
    const body = plain.subarray(signatureBytes);
    const signature = plain.subarray(0, signatureBytes);
    if (signature.length < signatureBytes) return 'signature';
    const isTheirs = verify(null, signed(purpose, body), this.#keys.peerKey, signature);
    return isTheirs ? { seal: opened.seal, body } : 'signature';
  }
}

function signed(purpose: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`nightglass federation 1\n${purpose}\n`, 'utf8'), body]);
}

/** @param what where it stands, for the message @throws NightglassError `CONFIG_INVALID` */
export function signingKey(pem: string, what: string, kind: 'private' | 'public'): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot use ${what}: it is no ${kind} Ed25519 key in PEM`,
    { hint: 'See "Sites and a control room" in docs/scale.md.' },
  );
}
