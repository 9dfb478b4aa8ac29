import type { Account, AccountLinkKind } from '../../domain/account.ts';
import type { Principal, Role, Scope } from '../../domain/principal.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';
import type { PasswordHasher } from './password-hasher.ts';

export interface AccountStoreOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly hasher: PasswordHasher;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/** Whom an invitation is for, and what they may do. */
export interface InvitationInput {
  /** Login name. */
  readonly name: string;
  /** Default: the login name. */
  readonly displayName?: string | undefined;
  readonly role: Role;
  /** Default `'*'`. */
  readonly cameras?: '*' | readonly string[] | undefined;
  /** Watchlists by id. Default `'*'`. */
  readonly watchlists?: '*' | readonly string[] | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/** What of an account is to be changed. */
export interface AccountChange extends Omit<InvitationInput, 'name' | 'role'> {
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

/** An account with the link that waits to be used. */
export interface AccountView extends Account {
  readonly link: { readonly kind: AccountLinkKind; readonly expiresAt: number } | null;
}

/** Who an account in force is, and as of which of its credentials. */
export interface Holder {
  readonly principal: Principal;
  readonly credentials: number;
}
