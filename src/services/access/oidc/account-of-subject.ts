import { createHash, randomUUID } from 'node:crypto';
import { type Account, accountState, foldedName, loginName } from '../../../domain/account.ts';
import { type Actor, auditEntry } from '../../../domain/audit-entry.ts';
import { accountBounds } from '../../../domain/bounds.ts';
import { isNightglassError, NightglassError } from '../../../domain/errors.ts';
import type { Principal } from '../../../domain/principal.ts';
import { AccountTable } from '../../../store/account-table.ts';
import type { AuditLog } from '../../../store/audit-log.ts';
import type { Store } from '../../../store/store.ts';
import { TokenTable } from '../../../store/token-table.ts';
import { assertRights } from '../assert-rights.ts';

/** Somebody whom an identity provider stands for, with the rights of their groups. */
export interface Subject extends Pick<Principal, 'role' | 'cameras' | 'watchlists' | 'scopes'> {
  readonly issuer: string;
  readonly subject: string;
  /** As the provider names them: to be known by, where that name is free. */
  readonly name: string;
  /** Undefined where the provider does not say this time. */
  readonly displayName: string | undefined;
}

export interface AccountOfSubjectOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

const by: Actor = { name: 'system', via: { by: 'oidc' } };

/**
 * The account of somebody, made at the first sign-in. Its rights are those of the provider's last
 * word: nothing is written while they are the same.
 * @returns undefined where the account is disabled here
 * @throws NightglassError `CONFLICT` where there are too many accounts, `STORE_UNWRITABLE`
 */
export function accountOfSubject(
  { store, audit, now }: AccountOfSubjectOptions,
  subject: Subject,
): Account | undefined {
  const table = new AccountTable(store);
  const found = table.findBySubject(subject.issuer, subject.subject);
  if (found !== undefined && accountState(found) !== 'active') return undefined;
  const next = { ...(found ?? newAccount(store, subject, now())), ...rightsOf(subject, found) };
  const changed = found === undefined ? {} : differences(found, next);
  if (found !== undefined && Object.keys(changed).length === 0) return found;
  assertRights(next, `take over ${next.name} from the identity provider`);
  store.write(() => {
    if (found === undefined) {
      table.insert(next);
      const { cameras, displayName, name, role, scopes, watchlists } = next;
      const detail = { name, displayName, role, cameras, watchlists, scopes };
      audit.record(auditEntry(by, 'account.made', next.id, detail));
    } else {
      table.update(next.id, next);
      audit.record(auditEntry(by, 'account.changed', next.id, { name: next.name, ...changed }));
    }
  });
  return next;
}

function rightsOf(subject: Subject, found: Account | undefined) {
  const { cameras, displayName, role, scopes, watchlists } = subject;
  const shown = displayName?.normalize('NFC').slice(0, accountBounds.displayName).trim();
  const named = shown === undefined || shown === '' ? found?.displayName : shown;
  return {
    ...{ role, cameras, watchlists, scopes: [...new Set(scopes)] },
    ...(named === undefined ? {} : { displayName: named }),
  };
}

function differences(before: Account, next: Account): Record<string, unknown> {
  const shown = ['displayName', 'role', 'cameras', 'watchlists', 'scopes'] as const;
  return Object.fromEntries(
    shown
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(next[key]))
      .map((key) => [key, next[key]]),
  );
}

function newAccount(store: Store, subject: Subject, now: number): Account {
  const table = new AccountTable(store);
  if (table.count() >= accountBounds.accounts) {
    throw new NightglassError(
      'CONFLICT',
      `Cannot make an account: there are ${accountBounds.accounts} already`,
    );
  }
  const tokens = new Set(new TokenTable(store).list().map(({ name }) => foldedName(name)));
  const name = freeName(subject, (one) => table.isTaken(one) || tokens.has(one));
  const { cameras, issuer, role, scopes, subject: id, watchlists } = subject;
  return {
    ...{ id: randomUUID(), name, displayName: name, origin: 'oidc', issuer, subject: id },
    ...{ role, cameras, watchlists, scopes, hasPassword: false, credentials: 0 },
    ...{ createdAt: now, createdBy: by.name, lastSeenAt: null, disabledAt: null },
  };
}

/**
 * A login name that nobody has or had: as the provider names them, else with a suffix that is the
 * same at each try and cannot be chosen.
 */
function freeName({ issuer, name, subject }: Subject, isTaken: (name: string) => boolean): string {
  const plain = plainName(name);
  if (!isTaken(plain)) return plain;
  for (let nth = 0; ; nth += 1) {
    const hash = createHash('sha256')
      .update(JSON.stringify([issuer, subject, nth]))
      .digest('hex');
    const other = `${plain.slice(0, accountBounds.name[1] - 9).replace(/[._@+-]+$/, '')}-${hash.slice(0, 8)}`;
    if (!isTaken(other)) return other;
  }
}

/** What of a name may be a login name. */
function plainName(name: string): string {
  const letters = foldedName(name)
    .replaceAll(/[^\p{L}\p{N}\p{M}._@+-]+/gu, '-')
    .replaceAll(/^[\p{M}._@+-]+/gu, '')
    .slice(0, accountBounds.name[1])
    .replaceAll(/[._@+-]+$/g, '');
  try {
    return loginName(letters);
  } catch (error) {
    if (isNightglassError(error, 'BAD_REQUEST')) return 'person';
    throw error;
  }
}
