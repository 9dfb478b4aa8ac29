import { createHash, randomUUID } from 'node:crypto';
import { type Account, foldedName, loginName } from '../../../domain/account.ts';
import { type Actor, auditEntry } from '../../../domain/audit-entry.ts';
import { accountBounds, oidcBounds } from '../../../domain/bounds.ts';
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
  readonly store: Pick<Store, 'prepare' | 'readOr' | 'write'>;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

const by: Actor = { name: 'system', via: { by: 'oidc' } };

/**
 * `sign-in`: whoever has no account gets one. `renewal`: of a session that is open; whose account
 * was removed meanwhile gets none.
 */
export type Entering = 'sign-in' | 'renewal';

/**
 * The account of somebody, made at the first sign-in. Its rights are those of the provider's last
 * word: nothing is written while they are the same.
 * @returns undefined where the account is disabled here, or for a renewal removed
 * @throws NightglassError `CONFLICT` where there are too many accounts, `STORE_UNWRITABLE`
 */
export function accountOfSubject(
  options: AccountOfSubjectOptions,
  subject: Subject,
  entering: Entering = 'sign-in',
): Account | undefined {
  const { store, now } = options;
  const found = accountNow(new AccountTable(store), subject, entering);
  if (found === 'nobody') return undefined;
  const isSame = found !== undefined && changesOf(found, subject) === undefined;
  if (isSame && !isToConfirm(found, now())) return found;
  try {
    return taken(options, subject, entering);
  } catch (error) {
    // That somebody was confirmed again is noted another time.
    const canWait = isSame && found.unconfirmedAt === null;
    if (canWait && isNightglassError(error, 'STORE_UNWRITABLE')) return found;
    throw error;
  }
}

/** Reads anew: another process may have disabled or removed the account, or made it. */
function taken(
  options: AccountOfSubjectOptions,
  subject: Subject,
  entering: Entering,
): Account | undefined {
  const { store, audit, now } = options;
  const table = new AccountTable(store);
  return store.write(() => {
    const current = accountNow(table, subject, entering);
    if (current === 'nobody') return undefined;
    if (current === undefined) return made(options, table, newAccount(store, subject, now()));
    const { id, name } = current;
    const changed = changesOf(current, subject);
    if (changed !== undefined) {
      const next = { ...current, ...rightsOf(subject, current) };
      assertRights(next, `take over ${name} from the identity provider`);
      table.update(id, next);
      audit.record(auditEntry(by, 'account.changed', id, { name, ...changed }));
    }
    if (isToConfirm(current, now())) table.confirm(id, now());
    if (current.unconfirmedAt !== null) {
      audit.record(auditEntry(by, 'account.confirmed', id, { name }));
    }
    return table.find(id);
  });
}

/** Whether it is to be noted that the provider stands for it; a clock that went back makes no odds. */
function isToConfirm({ confirmedAt, unconfirmedAt }: Account, now: number): boolean {
  if (unconfirmedAt !== null || confirmedAt === null) return true;
  return Math.abs(now - confirmedAt) >= oidcBounds.notedMs;
}

/** Undefined: one may be made; `nobody`: none may enter. */
function accountNow(
  table: AccountTable,
  { issuer, subject }: Subject,
  entering: Entering,
): Account | 'nobody' | undefined {
  const found = table.findBySubject(issuer, subject);
  if (found === undefined) return entering === 'renewal' ? 'nobody' : undefined;
  return found.disabledAt === null ? found : 'nobody';
}

/** Within a transaction. */
function made({ audit }: AccountOfSubjectOptions, table: AccountTable, next: Account): Account {
  assertRights(next, `take over ${next.name} from the identity provider`);
  table.insert(next);
  const { cameras, displayName, name, role, scopes, watchlists } = next;
  const detail = { name, displayName, role, cameras, watchlists, scopes };
  audit.record(auditEntry(by, 'account.made', next.id, detail));
  return next;
}

/** What is other than before; undefined for nothing. */
function changesOf(before: Account, subject: Subject): Record<string, unknown> | undefined {
  const changed = differences(before, { ...before, ...rightsOf(subject, before) });
  return Object.keys(changed).length === 0 ? undefined : changed;
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

function newAccount(store: Pick<Store, 'prepare'>, subject: Subject, now: number): Account {
  const table = new AccountTable(store);
  if (table.count() >= accountBounds.accounts) {
    throw new NightglassError(
      'CONFLICT',
      `Cannot make an account: there are ${accountBounds.accounts} already`,
    );
  }
  const tokens = new Set(new TokenTable(store).list().map(({ name }) => foldedName(name)));
  const name = freeName(subject, (one) => table.isTaken(one) || tokens.has(one));
  const { issuer, subject: id } = subject;
  return {
    ...{ id: randomUUID(), name, displayName: name, origin: 'oidc', issuer, subject: id },
    ...rightsOf(subject, undefined),
    ...{ hasPassword: false, credentials: 0 },
    ...{ createdAt: now, createdBy: by.name, lastSeenAt: null, disabledAt: null },
    ...{ confirmedAt: now, unconfirmedAt: null },
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
