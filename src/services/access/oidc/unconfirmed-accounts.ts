import { type Account, accountState } from '../../../domain/account.ts';
import { type Actor, auditEntry } from '../../../domain/audit-entry.ts';
import { AccountTable } from '../../../store/account-table.ts';
import type { AccountOfSubjectOptions } from './account-of-subject.ts';

/** Why a provider no longer stands for an account. */
export type Unconfirmed =
  /** In no group any more that may do something here. */
  | 'no_access'
  /** The provider knows the person's sign-in no longer. */
  | 'refused'
  /** Not confirmed for too long. */
  | 'silence'
  /** Single sign-on is not configured, or at another provider. */
  | 'no_provider';

const by: Actor = { name: 'system', via: { by: 'oidc' } };

/**
 * Notes that the provider no longer stands for somebody: the account is not in force until their
 * next good sign-in. Idempotent; nothing for whom there is no account.
 * @throws NightglassError `STORE_UNWRITABLE`
 */
export function unconfirmSubject(
  options: AccountOfSubjectOptions,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
  why: Unconfirmed,
): void {
  unconfirm(options, (account) => account.issuer === issuer && account.subject === subject, why);
}

/**
 * The same for accounts of any provider but `issuer`; undefined: of all.
 * @throws NightglassError `STORE_UNWRITABLE`
 */
export function unconfirmOthers(
  options: AccountOfSubjectOptions,
  issuer: string | undefined,
): void {
  const kept = issuer === undefined ? undefined : hrefOf(issuer);
  unconfirm(options, (account) => hrefOf(account.issuer ?? '') !== kept, 'no_provider');
}

/**
 * The same for those that were confirmed last before a time, at most `limit` of them.
 * @param before wall milliseconds
 * @returns how many
 * @throws NightglassError `STORE_UNWRITABLE`
 */
export function unconfirmSilent(
  options: AccountOfSubjectOptions,
  before: number,
  limit: number,
): number {
  return unconfirm(options, ({ confirmedAt }) => (confirmedAt ?? 0) < before, 'silence', limit);
}

function unconfirm(
  { store, audit, now }: AccountOfSubjectOptions,
  isMeant: (account: Account) => boolean,
  why: Unconfirmed,
  limit = Number.POSITIVE_INFINITY,
): number {
  const table = new AccountTable(store);
  const found = () =>
    table
      .list()
      .filter((one) => one.origin === 'oidc' && accountState(one) === 'active' && isMeant(one))
      .slice(0, limit);
  // Nothing is written where there is nothing to say.
  if (store.readOr(found, []).length === 0) return 0;
  return store.write(() => {
    const accounts = found();
    for (const { id, name } of accounts) {
      table.unconfirm(id, now());
      audit.record(auditEntry(by, 'account.unconfirmed', id, { name, why }));
    }
    return accounts.length;
  });
}

/** An issuer as it is compared with the configured one: `https://a` is `https://a/`. */
function hrefOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).href : issuer;
}
