import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { foldedName, reservedNames } from '../../domain/account.ts';
import { type Actor, auditEntry, systemActor } from '../../domain/audit-entry.ts';
import { dayMs, mostDays } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Principal, Role, Scope } from '../../domain/principal.ts';
import { AccountTable } from '../../store/account-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';
import { type TokenRecord, TokenTable } from '../../store/token-table.ts';
import { assertRights } from './assert-rights.ts';
import { peopleBehind } from './people-behind.ts';

export interface TokenInput {
  /** Who holds it; unique. */
  readonly name: string;
  readonly role: Role;
  /** Default `'*'`. */
  readonly cameras?: '*' | readonly string[] | undefined;
  /** Watchlists by id. Default `'*'`. */
  readonly watchlists?: '*' | readonly string[] | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  /** Wall milliseconds from which on it is refused; null never. Default null. */
  readonly expiresAt?: number | null;
  /** Names of the accounts that use it, beside who makes it: they are no second person. */
  readonly people?: readonly string[];
}

export interface TokenStore {
  /** Makes a token. `secret` is shown here and never again. @throws NightglassError `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` */
  create(input: TokenInput, by?: Actor): { readonly token: TokenRecord; readonly secret: string };
  list(): TokenRecord[];
  /** Refuses the token from now on. Idempotent. @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
  revoke(id: string, by?: Actor): void;
  /** Who holds this secret; null when nobody, or the token is revoked or has expired. */
  authenticate(secret: string): Principal | null;
  /** The holder of a token by its id; null when there is none in force. */
  find(id: string): Principal | null;
}

const prefix = 'ng_';
const secretPattern = /^ng_[A-Za-z0-9_-]{43}$/;

/**
 * Tokens, kept as SHA-256 of 32 random bytes: with so much entropy a slow
 * password hash would add nothing but load.
 */
export function createTokenStore(options: {
  store: Store;
  audit: Pick<AuditLog, 'record'>;
  now: () => number;
}): TokenStore {
  const { store, audit, now } = options;
  const table = new TokenTable(store);
  const accounts = new AccountTable(store);

  return {
    create(input, by = systemActor) {
      // Whoever made it may hold it, too.
      const behind = peopleBehind(store, by.name);
      const makers = behind.filter((name) => accounts.isTaken(name) || table.isTaken(name));
      const asked = validated(input, now());
      const record = { ...asked, people: [...new Set([...asked.people, ...makers])] };
      const secret = prefix + randomBytes(32).toString('base64url');
      store.write(() => {
        if (table.isTaken(record.name) || accounts.isTaken(foldedName(record.name))) {
          throw new NightglassError(
            'CONFLICT',
            `Cannot create the token ${JSON.stringify(record.name)}: the name is taken`,
            { hint: 'Choose another name; names of revoked tokens stay taken, for the audit log.' },
          );
        }
        for (const person of asked.people) {
          if (accounts.isTaken(person)) continue;
          throw new NightglassError('NOT_FOUND', `Cannot create a token: no account is ${person}`);
        }
        table.insert(record, digest(secret));
        const { id, name, role, cameras, watchlists, scopes: held, expiresAt, people } = record;
        const detail = { name, role, cameras, watchlists, scopes: held, expiresAt, people };
        audit.record(auditEntry(by, 'token.created', id, detail));
      });
      return { token: record, secret };
    },
    list: () => table.list(),
    revoke(id, by = systemActor) {
      store.write(() => {
        if (!table.revoke(id, now())) {
          throw new NightglassError('NOT_FOUND', `Cannot revoke the token ${id}: there is none`);
        }
        audit.record(auditEntry(by, 'token.revoked', id));
      });
    },
    authenticate(secret) {
      if (!secretPattern.test(secret)) return null;
      const hash = digest(secret);
      const found = table.findByHash(hash);
      if (found === undefined || !timingSafeEqual(found.hash, hash)) return null;
      return inForce(found.record, now());
    },
    find(id) {
      const record = table.find(id);
      return record === undefined ? null : inForce(record, now());
    },
  };
}

function inForce(record: TokenRecord, now: number): Principal | null {
  if (record.revokedAt !== null) return null;
  if (record.expiresAt !== null && record.expiresAt <= now) return null;
  const { id, name, role, cameras, watchlists, scopes: held } = record;
  return { id, name, role, cameras, watchlists, scopes: held };
}

function validated(input: TokenInput, now: number): TokenRecord {
  const name = input.name.trim();
  const refuse = (why: string): never => {
    throw new NightglassError('BAD_REQUEST', `Cannot create a token: ${why}`);
  };
  if (name === '' || name.length > 200) refuse('it needs a name of at most 200 characters');
  const held = input.scopes ?? [];
  assertRights({ role: input.role, scopes: held }, 'create a token');
  if (reservedNames.has(name.toLowerCase())) refuse(`the name ${name} means the program itself`);
  const expiresAt = input.expiresAt ?? null;
  if (expiresAt !== null && !(expiresAt > now)) refuse('it would have expired already');
  if (expiresAt !== null && !(expiresAt <= now + mostDays * dayMs)) {
    refuse(`it may be valid for ${mostDays} days at most`);
  }
  return {
    id: randomUUID(),
    name,
    role: input.role,
    cameras: input.cameras ?? '*',
    watchlists: input.watchlists ?? '*',
    scopes: [...new Set(held)],
    createdAt: now,
    expiresAt,
    revokedAt: null,
    people: [...new Set((input.people ?? []).map(foldedName))],
  };
}

function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
