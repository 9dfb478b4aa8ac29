import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { accountBounds } from '../../domain/bounds.ts';
import { Budget } from '../../domain/budget.ts';
import type { Clock } from '../../domain/clock.ts';
import { foldedPassword } from '../../domain/password-rules.ts';

const argon2Async = promisify(argon2);

/** Cost of a hash: KiB of memory, passes over them, lanes. */
export interface HashCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** The least that OWASP's Password Storage Cheat Sheet asks of argon2id with one lane. */
export const usualCost: HashCost = { memory: 19_456, passes: 2, parallelism: 1 };

const tagLength = 32;
const saltLength = 16;
const stored = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/;

interface Kept {
  readonly cost: HashCost;
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
}

/** What a comparison says. */
export interface Verified {
  readonly ok: boolean;
  /** True where it was hashed at another cost, and should be hashed anew. */
  readonly outdated: boolean;
}

/**
 * Passwords as argon2id (RFC 9106) in the PHC string format, on threads of Node's pool: few at once,
 * so that others who need the pool do not wait, and a bounded number waits.
 */
export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #budget: Budget;
  /** Of nothing that anybody can type: unknown names take as long as known ones. */
  readonly #nobody: Kept;

  constructor(clock: Clock, cost: HashCost = usualCost) {
    const { atOnce, waiting, waitMs } = accountBounds.hashing;
    this.#cost = cost;
    this.#budget = new Budget({
      name: 'passwords',
      capacity: atOnce,
      maxWaiting: waiting,
      waitMs,
      clock,
    });
    this.#nobody = { cost, salt: randomBytes(saltLength), tag: randomBytes(tagLength) };
  }

  /** @throws NightglassError `BUSY` */
  async hash(password: string): Promise<string> {
    using _turn = await this.#budget.take(1);
    const salt = randomBytes(saltLength);
    const tag = await this.#derive(bytesOf(password), salt, this.#cost);
    return phc(this.#cost, salt, tag);
  }

  /**
   * Compares, at the same cost where there is nothing to compare with.
   * @param kept null where there is no such person, or no password
   * @throws NightglassError `BUSY`
   */
  async verify(password: string, kept: string | null): Promise<Verified> {
    using _turn = await this.#budget.take(1);
    const { cost, salt, tag } = parsed(kept) ?? this.#nobody;
    const found = await this.#derive(bytesOf(password), salt, cost);
    const ok = found.length === tag.length && timingSafeEqual(found, tag);
    const { memory, passes, parallelism } = this.#cost;
    const outdated =
      cost.memory !== memory || cost.passes !== passes || cost.parallelism !== parallelism;
    return { ok, outdated: ok && outdated };
  }

  #derive(message: Uint8Array, nonce: Uint8Array, cost: HashCost): Promise<Uint8Array> {
    return argon2Async('argon2id', { message, nonce, tagLength, ...cost });
  }
}

function bytesOf(password: string): Uint8Array {
  return Buffer.from(foldedPassword(password), 'utf8');
}

function phc({ memory, passes, parallelism }: HashCost, salt: Uint8Array, tag: Uint8Array): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function parsed(text: string | null): Kept | undefined {
  const match = stored.exec(text ?? '');
  if (match === null) return undefined;
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}
