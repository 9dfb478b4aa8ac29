import { accountBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type Principal, type Role, roles, type Scope, scopes } from '../../domain/principal.ts';

/** What an account or a token may do. */
export interface Rights {
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly cameras?: Principal['cameras'];
  readonly watchlists?: Principal['watchlists'];
}

/**
 * Whether rights can be given to somebody.
 * @param what is not done where they cannot: `create a token`
 * @throws NightglassError `BAD_REQUEST`
 */
export function assertRights(rights: Rights, what: string): void {
  const refuse = (why: string): never => {
    throw new NightglassError('BAD_REQUEST', `Cannot ${what}: ${why}`);
  };
  if (!roles.includes(rights.role)) refuse(`the role must be one of ${roles.join(', ')}`);
  if (rights.scopes.some((scope) => !scopes.includes(scope))) {
    refuse(`scopes must be of ${scopes.join(', ')}`);
  }
  if (rights.role === 'viewer' && rights.scopes.length > 0) {
    refuse('a viewer sees no biometric data, so it can hold no scope; choose operator');
  }
  for (const named of [rights.cameras, rights.watchlists]) {
    if (named === undefined || named === '*' || named.length <= accountBounds.named) continue;
    refuse(`it may name ${accountBounds.named} cameras or watchlists at most`);
  }
}
