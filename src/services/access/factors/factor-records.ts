import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../domain/account.ts';
import { auditEntry } from '../../../domain/audit-entry.ts';
import { accountBounds, factorBounds } from '../../../domain/bounds.ts';
import { isNightglassError, NightglassError } from '../../../domain/errors.ts';
import type { Factor, FactorKind, FactorPolicy } from '../../../domain/second-factor.ts';
import type { AuditLog } from '../../../store/audit-log.ts';
import { type FactorRow, FactorTable } from '../../../store/factor-table.ts';
import type { SecretBox } from '../../../store/secret-box.ts';
import type { Store } from '../../../store/store.ts';
import { makeRecoveryCodes, recoveryHash } from './recovery-codes.ts';

export interface FactorOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly box: SecretBox;
  readonly policy: FactorPolicy;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
}

/** A factor that was added, and the recovery codes that came with the first one. */
export interface AddedFactor {
  readonly factor: Factor;
  /** Shown here and never again; null where the account had codes already. */
  readonly recoveryCodes: readonly string[] | null;
}

/** Rows of factors: added, opened and noted as used. */
export class FactorRecords {
  readonly table: FactorTable;
  readonly #options: FactorOptions;
  /** Counters that could not be written down, by factor: a code counts once all the same. */
  readonly #counters = new LRUCache<string, number>({
    max: accountBounds.accounts * factorBounds.factors,
  });

  constructor(options: FactorOptions) {
    this.#options = options;
    this.table = new FactorTable(options.store);
  }

  /**
   * Adds a factor; with the first one come recovery codes.
   * @param isFirst it must be the first one: it was added with the password alone
   * @param factor `id`: given where the factor itself says it, and it is of one account alone
   * @throws NightglassError `CONFLICT`, `BAD_REQUEST` for the name, `STORE_UNWRITABLE`
   */
  add(
    account: Account,
    factor: {
      readonly id?: string;
      readonly kind: FactorKind;
      readonly name: string;
      readonly secret: string;
    },
    counter: number,
    isFirst: boolean,
  ): AddedFactor {
    const { audit, now, store } = this.#options;
    const { kind, name } = { ...factor, name: factorName(factor.name) };
    return store.write(() => {
      const before = this.table.list(account.id);
      if (isFirst && before.length > 0) throw conflict('there is a second factor already');
      if (before.length >= factorBounds.factors) {
        throw conflict(`there are ${factorBounds.factors} already`);
      }
      const { id = randomUUID() } = factor;
      if (this.table.find(id) !== undefined) throw conflict('this one was added already');
      const secret = this.#options.box.seal(factor.secret, placeOf(id));
      const times = { createdAt: now(), usedAt: isFirst ? now() : null };
      this.table.insert({ id, accountId: account.id, kind, name, secret, counter, ...times });
      const detail = { name: account.name, kind, factor: name };
      audit.record(auditEntry({ name: account.name }, 'account.factor_added', account.id, detail));
      const recoveryCodes = before.length === 0 ? this.putCodes(account.id) : null;
      return { factor: { id, kind, name, ...times }, recoveryCodes };
    });
  }

  /** Fresh codes in the place of those before. Within a transaction. */
  putCodes(accountId: string): string[] {
    const codes = makeRecoveryCodes();
    this.table.putCodes(
      accountId,
      codes.map((code) => recoveryHash(accountId, code)),
    );
    return codes;
  }

  /** @throws NightglassError `SECRET_MISSING` where it was sealed with another key */
  open({ id, secret }: FactorRow): string {
    return this.#options.box.open(secret, placeOf(id));
  }

  /** The counter as it was last, written down or not. */
  counterOf({ id, counter }: FactorRow): number {
    return Math.max(counter, this.#counters.get(id) ?? 0);
  }

  /** Notes a sign-in with it; a folder that takes no writes keeps nobody out. */
  used({ id }: FactorRow, counter: number): void {
    const { now, store } = this.#options;
    this.#counters.set(id, counter);
    try {
      store.write(() => this.table.used(id, counter, now()));
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    }
  }
}

/** A row as its holder sees it. */
export function factorOf({ id, kind, name, createdAt, usedAt }: FactorRow): Factor {
  return { id, kind, name, createdAt, usedAt };
}

/** What the secret of a factor is sealed for: it opens nowhere else. */
export function placeOf(id: string): string {
  return `second factor ${id}`;
}

function factorName(given: string): string {
  const name = given.normalize('NFC').trim();
  if (name !== '' && name.length <= factorBounds.name) return name;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot take the name of the second factor: it needs 1 to ${factorBounds.name} characters`,
  );
}

function conflict(why: string): NightglassError {
  return new NightglassError('CONFLICT', `Cannot add a second factor: ${why}`, {
    hint: 'Remove one on the page My account, or let an administrator take them away.',
  });
}
