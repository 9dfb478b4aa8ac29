import { type Account, accountState } from '../../../domain/account.ts';
import { type Actor, auditEntry, systemActor } from '../../../domain/audit-entry.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { Role } from '../../../domain/principal.ts';
import {
  type Factor,
  type FactorKind,
  type FactorMethod,
  needsFactor,
} from '../../../domain/second-factor.ts';
import { AccountTable } from '../../../store/account-table.ts';
import { type FactorOptions, FactorRecords, factorOf } from './factor-records.ts';
import { PasskeyFactors } from './passkey-factors.ts';
import { recoveryHash } from './recovery-codes.ts';
import { TotpFactors } from './totp-factors.ts';

/** Second factors of accounts: each rule, change and audit record in one transaction. */
export class SecondFactors {
  readonly totp: TotpFactors;
  readonly passkeys: PasskeyFactors;
  readonly #options: FactorOptions;
  readonly #records: FactorRecords;
  readonly #accounts: AccountTable;

  constructor(options: FactorOptions) {
    this.#options = options;
    this.#records = new FactorRecords(options);
    this.#accounts = new AccountTable(options.store);
    this.totp = new TotpFactors(this.#records, options);
    this.passkeys = new PasskeyFactors(this.#records, options);
  }

  /** Whether accounts of this role must have one. */
  isNeeded(role: Role): boolean {
    return needsFactor(this.#options.policy, role);
  }

  /** Those of an account, in the order in which they were added. */
  list(accountId: string): Factor[] {
    return this.#records.table.list(accountId).map(factorOf);
  }

  /** Kinds that accounts have, by account. */
  kinds(): Map<string, FactorKind[]> {
    const rows = Map.groupBy(this.#records.table.list(), ({ accountId }) => accountId);
    return new Map([...rows].map(([id, all]) => [id, [...new Set(all.map(({ kind }) => kind))]]));
  }

  /** By what the second step of an account's sign-in may be taken; nothing: it has no factor. */
  methods(accountId: string): FactorMethod[] {
    const kinds = new Set(this.list(accountId).map(({ kind }) => kind));
    if (kinds.size === 0) return [];
    return [...kinds, ...(this.codesLeft(accountId) > 0 ? (['recovery'] as const) : [])];
  }

  /** Recovery codes that were not used yet. */
  codesLeft(accountId: string): number {
    return this.#records.table.codesLeft(accountId);
  }

  /**
   * An account that has second factors of its own.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` where it signs in elsewhere
   */
  account(id: string): Account {
    const account = this.#accounts.find(id);
    if (account === undefined) throw new NightglassError('NOT_FOUND', 'There is no such account');
    if (account.origin !== 'local') {
      throw new NightglassError(
        'CONFLICT',
        `Cannot look after second factors of ${account.name}: it signs in at an identity provider`,
        { hint: 'Ask for a second factor there.' },
      );
    }
    return account;
  }

  /**
   * Takes one away, by its holder.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` for the last one where one must be there,
   * `STORE_UNWRITABLE`
   */
  remove(account: Account, id: string): void {
    const { audit, store } = this.#options;
    const { table } = this.#records;
    store.write(() => {
      const all = table.list(account.id);
      const found = all.find((each) => each.id === id);
      if (found === undefined) throw new NightglassError('NOT_FOUND', 'There is no such factor');
      if (all.length === 1 && this.isNeeded(account.role)) {
        throw new NightglassError(
          'CONFLICT',
          'Cannot remove the last second factor: this account must have one',
          { hint: 'Add another one first.' },
        );
      }
      // Recovery codes stand in for a factor: with the last one they go.
      if (all.length === 1) table.clear(account.id);
      else table.delete(id);
      const detail = { name: account.name, kind: found.kind, factor: found.name };
      const by = { name: account.name };
      audit.record(auditEntry(by, 'account.factor_removed', account.id, detail));
    });
  }

  /**
   * Takes all away, of whoever has lost them. Sessions end.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` where there is none, `STORE_UNWRITABLE`
   */
  reset(accountId: string, by: Actor = systemActor): void {
    const { audit, store } = this.#options;
    store.write(() => {
      const { name } = this.account(accountId);
      const factors = this.list(accountId);
      if (factors.length === 0) {
        throw new NightglassError('CONFLICT', `${name} has no second factor`);
      }
      this.#records.table.clear(accountId);
      this.#accounts.raiseCredentials(accountId);
      const detail = { name, kinds: factors.map(({ kind }) => kind) };
      audit.record(auditEntry(by, 'account.factors_reset', accountId, detail));
    });
  }

  /**
   * Fresh recovery codes; those before work no longer.
   * @throws NightglassError `CONFLICT` where there is no second factor, `STORE_UNWRITABLE`
   */
  makeCodes({ id, name }: Account): string[] {
    const { audit, store } = this.#options;
    return store.write(() => {
      if (this.list(id).length === 0) {
        throw new NightglassError(
          'CONFLICT',
          'Cannot make recovery codes: add a second factor first',
        );
      }
      const codes = this.#records.putCodes(id);
      audit.record(auditEntry({ name }, 'account.recovery_codes_made', id, { name }));
      return codes;
    });
  }

  /** Whether it is a recovery code of the account, once. @throws NightglassError `STORE_UNWRITABLE` */
  useCode(accountId: string, code: string): boolean {
    const { audit, store } = this.#options;
    const { table } = this.#records;
    return store.write(() => {
      const account = this.#accounts.find(accountId);
      if (account === undefined || accountState(account) !== 'active') return false;
      if (!table.takeCode(accountId, recoveryHash(accountId, code))) return false;
      const { name } = account;
      const detail = { name, left: table.codesLeft(accountId) };
      audit.record(auditEntry({ name }, 'account.recovery_code_used', accountId, detail));
      return true;
    });
  }
}
