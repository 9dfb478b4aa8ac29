import { accountBounds } from './bounds.ts';
import { NightglassError } from './errors.ts';
import type { Principal } from './principal.ts';

/** Where an account signs in: with a password here, or at an identity provider. */
export type AccountOrigin = 'local' | 'oidc';

/** Somebody who uses the product. As a principal, `name` is the login name. */
export interface Account extends Principal {
  /** How the pages call the person. */
  readonly displayName: string;
  readonly origin: AccountOrigin;
  /** Who vouches for the person and as whom they are known there; null for a local account. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly hasPassword: boolean;
  /** Rises with each change after which sessions from before are over. */
  readonly credentials: number;
  readonly createdAt: number;
  /** Name of who made it. */
  readonly createdBy: string;
  /** Wall milliseconds, to some minutes; null never. */
  readonly lastSeenAt: number | null;
  /** Wall milliseconds since when it may do nothing; null while it may. */
  readonly disabledAt: number | null;
  /** Wall milliseconds, to an hour, when its identity provider stood for it last; null for a local one. */
  readonly confirmedAt: number | null;
  /** Wall milliseconds since when its provider no longer stands for it; null while it does. */
  readonly unconfirmedAt: number | null;
}

/**
 * `waiting`: for its holder to use a link and choose a password; `unconfirmed`: not in force until
 * its holder signs in at the identity provider again, which stands for it no longer.
 */
export type AccountState = 'waiting' | 'active' | 'disabled' | 'unconfirmed';

/** What a one-time link is for. */
export type AccountLinkKind = 'invitation' | 'reset';

export function accountState(
  account: Pick<Account, 'origin' | 'hasPassword' | 'disabledAt' | 'unconfirmedAt'>,
): AccountState {
  if (account.disabledAt !== null) return 'disabled';
  if (account.unconfirmedAt !== null) return 'unconfirmed';
  return account.origin === 'oidc' || account.hasPassword ? 'active' : 'waiting';
}

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}._@+-]*[\p{L}\p{N}\p{M}])?$/u;
/** They stand in the audit log for who is none of the people and programs known by name. */
export const reservedNames: ReadonlySet<string> = new Set([
  'local',
  'anonymous',
  'system',
  'command line',
]);

/** A login name as it is compared: capital letters and forms of a letter make no other one. */
export function foldedName(given: string): string {
  return given.normalize('NFKC').trim().toLowerCase();
}

/** A login name as it is kept. @throws NightglassError `BAD_REQUEST` */
export function loginName(given: string): string {
  const name = foldedName(given);
  const [least, most] = accountBounds.name;
  const refuse = (why: string): never => {
    throw new NightglassError('BAD_REQUEST', `Cannot take the login name: ${why}`);
  };
  if (name.length < least || name.length > most) refuse(`it needs ${least} to ${most} characters`);
  if (!namePattern.test(name)) refuse('it is of letters, digits and . _ @ + - in between');
  if (reservedNames.has(name)) refuse(`${name} means the program itself`);
  return name;
}
