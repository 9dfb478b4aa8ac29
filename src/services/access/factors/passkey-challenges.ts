import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { accountBounds, factorBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';

/** What a challenge is for. */
export interface ChallengePurpose {
  readonly purpose: 'add' | 'second' | 'alone';
  readonly origin: string;
  /** Account that it is for; empty where the passkey says whose it is. */
  readonly accountId: string;
  /** Secret or id of the session, ticket or browser that it was made for. */
  readonly holder: string;
}

const nonceBytes = 16;
const timeBytes = 8;
const sealBytes = 32;

/**
 * Challenges for passkeys. One that was not answered takes no memory: it holds its time, under an
 * HMAC over what it is for, by a key of this run. Those that were answered are kept until they are
 * over, by account, so that each counts once and nobody fills another's room.
 */
export class PasskeyChallenges {
  readonly #monotonic: () => number;
  readonly #key = randomBytes(32);
  readonly #answered = new LRUCache<string, Map<string, number>>({ max: accountBounds.accounts });

  /** @param monotonic milliseconds that never go back */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Base64url. */
  make(purpose: ChallengePurpose): string {
    const head = Buffer.alloc(nonceBytes + timeBytes);
    randomBytes(nonceBytes).copy(head);
    head.writeDoubleBE(this.#monotonic() + factorBounds.challengeMs, nonceBytes);
    return Buffer.concat([head, this.#seal(head, purpose)]).toString('base64url');
  }

  /** Whether it was made for this, and is not over. */
  isGood(challenge: string, purpose: ChallengePurpose): boolean {
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== nonceBytes + timeBytes + sealBytes) return false;
    const head = bytes.subarray(0, nonceBytes + timeBytes);
    const isOurs = timingSafeEqual(bytes.subarray(head.length), this.#seal(head, purpose));
    return isOurs && head.readDoubleBE(nonceBytes) > this.#monotonic();
  }

  /**
   * Notes the answer to a good one.
   * @returns false where it was answered before @throws NightglassError `BUSY` after too many
   */
  spend(challenge: string, accountId: string): boolean {
    const now = this.#monotonic();
    const before = this.#answered.get(accountId) ?? new Map<string, number>();
    for (const [each, until] of before) if (until <= now) before.delete(each);
    // Base64 has several spellings of the same bytes.
    const bytes = Buffer.from(challenge, 'base64url');
    const key = bytes.toString('base64url');
    if (before.has(key)) return false;
    if (before.size >= factorBounds.answers) {
      throw new NightglassError('BUSY', 'This account used passkeys too often: try again later');
    }
    before.set(key, bytes.readDoubleBE(nonceBytes));
    this.#answered.set(accountId, before);
    return true;
  }

  #seal(head: Uint8Array, { purpose, origin, accountId, holder }: ChallengePurpose): Buffer {
    const what = JSON.stringify([purpose, origin, accountId, holder]);
    return createHmac('sha256', this.#key).update(head).update(what).digest();
  }
}
