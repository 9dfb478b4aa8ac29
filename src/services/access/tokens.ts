import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { type Actor, auditEntry, systemActor } from '../../domain/audit-entry.ts';
import { dayMs, mostDays } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type Principal, type Role, roles, type Scope, scopes } from '../../domain/principal.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';
import { type TokenRecord, TokenTable } from '../../store/token-table.ts';

export interface TokenInput {
  /** Who holds it; unique. */
  readonly name: string;
  readonly role: Role;
  /** Default `'*'`. */
  readonly cameras?: '*' | readonly string[];
  /** Watchlists by id. Default `'*'`. */
  readonly watchlists?: '*' | readonly string[];
  readonly scopes?: readonly Scope[];
  /** Wall milliseconds from which on it is refused; null never. Default null. */
  readonly expiresAt?: number | null;
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
/** They stand in the audit log for who holds no token. */
const reservedNames = new Set(['local', 'anonymous', 'system', 'command line']);
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

  return {
    create(input, by = systemActor) {
      const record = validated(input, now());
      const secret = prefix + randomBytes(32).toString('base64url');
      store.write(() => {
        if (table.isTaken(record.name)) {
          throw new NightglassError(
            'CONFLICT',
            `Cannot create the token ${JSON.stringify(record.name)}: the name is taken`,
            { hint: 'Choose another name; names of revoked tokens stay taken, for the audit log.' },
          );
        }
        table.insert(record, digest(secret));
        const { id, name, role, cameras, watchlists, scopes: held, expiresAt } = record;
        const detail = { name, role, cameras, watchlists, scopes: held, expiresAt };
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
  if (!roles.includes(input.role)) refuse(`the role must be one of ${roles.join(', ')}`);
  const held = input.scopes ?? [];
  if (held.some((scope) => !scopes.includes(scope))) {
    refuse(`scopes must be of ${scopes.join(', ')}`);
  }
  if (input.role === 'viewer' && held.length > 0) {
    refuse('a viewer sees no biometric data, so it can hold no scope; choose operator');
  }
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
  };
}

function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
