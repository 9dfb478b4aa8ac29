import { isNightglassError } from '../domain/errors.ts';
import {
  type AccountOfSubjectOptions,
  accountOfSubject,
} from '../services/access/oidc/account-of-subject.ts';
import type { OidcSignInOptions } from '../services/access/oidc/oidc-sign-in.ts';
import {
  unconfirmOthers,
  unconfirmSilent,
  unconfirmSubject,
} from '../services/access/oidc/unconfirmed-accounts.ts';
import type { Foundation } from './foundation.ts';

type Kept = Pick<AccountOfSubjectOptions, 'store' | 'audit'>;

/** What single sign-on does with accounts. */
export function providedAccounts(
  { now }: Pick<Foundation, 'now'>,
  { store, audit }: Kept,
): Pick<OidcSignInOptions, 'enter' | 'leave'> {
  const options = { store, audit, now };
  return {
    enter: (...entrant) => accountOfSubject(options, ...entrant),
    leave: (...leaver) => unconfirmSubject(options, ...leaver),
  };
}

/** At the start: accounts of a provider that is not the configured one are not in force. */
export function settleAccounts(
  { config, log, now }: Pick<Foundation, 'config' | 'log' | 'now'>,
  { store, audit }: Kept,
): void {
  try {
    unconfirmOthers({ store, audit, now }, config.access.oidc?.issuer);
  } catch (error) {
    if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
    log.error({ err: error }, 'Cannot note which accounts have no identity provider any more');
  }
}

/**
 * Notes who was not confirmed for too long, and what could not be noted at the start, as a task of
 * the regular sweep.
 */
export function silentAccounts(
  { config, now }: Pick<Foundation, 'config' | 'now'>,
  { store, audit }: Kept,
): (at: number, limit: number) => number {
  const { oidc } = config.access;
  const options = { store, audit, now };
  return (at, limit) => {
    unconfirmOthers(options, oidc?.issuer);
    return oidc === undefined ? 0 : unconfirmSilent(options, at - oidc.confirmedFor, limit);
  };
}
