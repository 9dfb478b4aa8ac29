import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { clusterBounds } from '../domain/bounds.ts';

/** Who sealed something, and as which of all that it sealed since its start. */
export interface Seal {
  readonly node: string;
  /** Hexadecimal; begins with the wall time of the start of its maker, so that later ones sort later. */
  readonly session: string;
  readonly sequence: number;
}

const version = 1;
const sessionBytes = 16;
const tagBytes = 16;
const nodePattern = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Seals messages with AES-256-GCM. Each session has a key of its own (HKDF-SHA256 of the shared
 * secret, the session and the node), in which the sequence number is the nonce: none comes twice.
 * Version, node, session, sequence and purpose are authenticated with the contents.
 */
export class Sealer {
  readonly node: string;
  readonly session: string;
  readonly #key: Buffer;
  readonly #session: Buffer;
  #sequence = 0;

  /** @param startedAt wall time, milliseconds */
  constructor(secret: string, node: string, startedAt: number) {
    if (!nodePattern.test(node))
      throw new RangeError('Cannot seal: the name of the node is not valid');
    this.node = node;
    this.#session = randomBytes(sessionBytes);
    this.#session.writeBigUInt64BE(BigInt(Math.max(0, Math.floor(startedAt))), 0);
    this.session = this.#session.toString('hex');
    this.#key = keyOf(secret, node, this.#session);
  }

  /** @param purpose what the message is for; it opens for nothing else */
  seal(
    purpose: string,
    plain: Uint8Array,
  ): { readonly bytes: Uint8Array; readonly sequence: number } {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const name = Buffer.from(this.node, 'latin1');
    const head = Buffer.alloc(2 + name.length + sessionBytes + 8);
    head[0] = version;
    head[1] = name.length;
    name.copy(head, 2);
    this.#session.copy(head, 2 + name.length);
    head.writeBigUInt64BE(BigInt(sequence), head.length - 8);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(sequence));
    cipher.setAAD(Buffer.concat([head, Buffer.from(purpose, 'utf8')]));
    const body = cipher.update(plain);
    cipher.final();
    return { bytes: Buffer.concat([head, body, cipher.getAuthTag()]), sequence };
  }
}

/** Opens what others sealed with the same secret. */
export class Opener {
  readonly #secret: string;
  readonly #keys = new LRUCache<string, Buffer>({ max: clusterBounds.sessions });

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @returns null for what was not sealed with the secret for this purpose, or was changed */
  open(
    purpose: string,
    bytes: Uint8Array,
  ): { readonly seal: Seal; readonly plain: Uint8Array } | null {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = data[1] ?? 0;
    const headLength = 2 + length + sessionBytes + 8;
    if (data[0] !== version || data.length < headLength + tagBytes) return null;
    const node = data.toString('latin1', 2, 2 + length);
    if (!nodePattern.test(node)) return null;
    const rawSession = data.subarray(2 + length, 2 + length + sessionBytes);
    const session = rawSession.toString('hex');
    const number = data.readBigUInt64BE(headLength - 8);
    if (number > BigInt(Number.MAX_SAFE_INTEGER)) return null;
    const sequence = Number(number);
    const known = this.#keys.get(`${node} ${session}`);
    const key = known ?? keyOf(this.#secret, node, rawSession);
    const head = data.subarray(0, headLength);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(sequence));
      decipher.setAAD(Buffer.concat([head, Buffer.from(purpose, 'utf8')]));
      decipher.setAuthTag(data.subarray(data.length - tagBytes));
      const plain = decipher.update(data.subarray(headLength, data.length - tagBytes));
      decipher.final();
      // Only keys of what was authentic are kept: strangers cannot push them out.
      if (known === undefined) this.#keys.set(`${node} ${session}`, key);
      return { seal: { node, session, sequence }, plain };
    } catch {
      return null;
    }
  }
}

function keyOf(secret: string, node: string, session: Uint8Array): Buffer {
  return Buffer.from(
    hkdfSync('sha256', secret, session, `nightglass cluster ${version} ${node}`, 32),
  );
}

function nonceOf(sequence: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(sequence), 4);
  return nonce;
}
