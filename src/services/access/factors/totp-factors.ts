import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../domain/account.ts';
import { factorBounds } from '../../../domain/bounds.ts';
import { isNightglassError, NightglassError } from '../../../domain/errors.ts';
import type { AddedFactor, FactorOptions, FactorRecords } from './factor-records.ts';
import { makeTotpSecret, totpAddress, totpStep } from './totp.ts';

/** An authenticator app that is being added. */
export interface TotpEnrolment {
  /** Names it when it is confirmed. */
  readonly enrolment: string;
  /** Base32, for who types it. */
  readonly secret: string;
  /** The same and what it is for, as apps read it from a picture. */
  readonly address: string;
}

interface Pending {
  readonly accountId: string;
  readonly secret: string;
  readonly at: number;
}

/** Authenticator apps (RFC 6238). Their secrets are kept once a code has shown that the app has them. */
export class TotpFactors {
  readonly #records: FactorRecords;
  readonly #options: Pick<FactorOptions, 'now' | 'monotonic'>;
  readonly #pending = new LRUCache<string, Pending>({ max: factorBounds.pending });

  constructor(records: FactorRecords, options: Pick<FactorOptions, 'now' | 'monotonic'>) {
    this.#records = records;
    this.#options = options;
  }

  /** @param issuer what the app shows beside the name of the account */
  begin({ id, name }: Account, issuer: string): TotpEnrolment {
    const enrolment = randomBytes(24).toString('base64url');
    const secret = makeTotpSecret();
    this.#pending.set(enrolment, { accountId: id, secret, at: this.#options.monotonic() });
    return { enrolment, secret, address: totpAddress(secret, issuer, name) };
  }

  /**
   * Keeps it, once a code is right.
   * @param isFirst it must be the first factor of the account
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` for the code or the name, `CONFLICT`,
   * `STORE_UNWRITABLE`
   */
  confirm(
    account: Account,
    asked: { readonly enrolment: string; readonly code: string; readonly name: string },
    isFirst = false,
  ): AddedFactor {
    const pending = this.#pending.get(asked.enrolment);
    const { monotonic, now } = this.#options;
    const isOver = pending !== undefined && monotonic() - pending.at >= factorBounds.pendingMs;
    if (pending === undefined || isOver || pending.accountId !== account.id) {
      throw new NightglassError('NOT_FOUND', 'Adding the authenticator took too long', {
        hint: 'Begin again.',
      });
    }
    const { secret } = pending;
    const step = totpStep(secret, asked.code, now());
    if (step === null) {
      throw new NightglassError('BAD_REQUEST', 'Cannot add the authenticator: the code is wrong', {
        hint: 'Type the code that the app shows now; the clocks of both must be right.',
      });
    }
    const added = this.#records.add(
      account,
      { kind: 'totp', name: asked.name, secret },
      step,
      isFirst,
    );
    this.#pending.delete(asked.enrolment);
    return added;
  }

  /**
   * Whether a code is of an authenticator of the account. A code counts once (RFC 6238, 5.2).
   * @throws NightglassError `SECRET_MISSING`
   */
  use(accountId: string, code: string): boolean {
    const now = this.#options.now();
    let missing: unknown;
    for (const row of this.#records.table.list(accountId)) {
      if (row.kind !== 'totp') continue;
      try {
        const step = totpStep(this.#records.open(row), code, now);
        if (step === null || step <= this.#records.counterOf(row)) continue;
        this.#records.used(row, step);
        return true;
      } catch (error) {
        if (!isNightglassError(error, 'SECRET_MISSING')) throw error;
        missing = error;
      }
    }
    if (missing !== undefined) throw missing;
    return false;
  }
}
