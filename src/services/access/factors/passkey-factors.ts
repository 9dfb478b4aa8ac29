import { createHash } from 'node:crypto';
import { type Account, accountState } from '../../../domain/account.ts';
import { isNightglassError, NightglassError } from '../../../domain/errors.ts';
import type { PasskeyPlace } from '../../../domain/passkey-place.ts';
import { AccountTable } from '../../../store/account-table.ts';
import type { FactorRow } from '../../../store/factor-table.ts';
import type { AddedFactor, FactorOptions, FactorRecords } from './factor-records.ts';
import { type ChallengePurpose, PasskeyChallenges } from './passkey-challenges.ts';
import {
  type Passkey,
  type PasskeyAssertion,
  type PasskeyAttestation,
  passkeyAlgorithms,
  verifyAssertion,
  verifyAttestation,
} from './verify-passkey.ts';

/** What a passkey was shown for: with an account, its second factor; without, all that is asked for. */
export interface PasskeyAsked {
  readonly place: PasskeyPlace;
  readonly accountId?: string;
  /** Secret of the ticket, or of the browser, that the challenge was made for. */
  readonly holder: string;
}

/** Whose passkey it was, or why it counts for nothing. */
export type PasskeyUse =
  | { readonly account: Account; readonly fault: null }
  /** Of nobody in force, or not ours. */
  | { readonly account: null; readonly fault: 'unknown' }
  /** Signature, challenge or place is not right; or the counter went back: there may be a copy. */
  | { readonly account: Account; readonly factor: string; readonly fault: 'wrong' | 'counter' };

const unknown: PasskeyUse = { account: null, fault: 'unknown' };

/** Passkeys (WebAuthn, level 3): added, and used as the second factor or alone. */
export class PasskeyFactors {
  readonly #records: FactorRecords;
  readonly #accounts: AccountTable;
  readonly #challenges: PasskeyChallenges;

  constructor(records: FactorRecords, options: Pick<FactorOptions, 'store' | 'monotonic'>) {
    this.#records = records;
    this.#accounts = new AccountTable(options.store);
    this.#challenges = new PasskeyChallenges(options.monotonic);
  }

  /** Whether anybody has one. */
  get exist(): boolean {
    return this.#records.table.hasKind('passkey');
  }

  /**
   * What a browser makes a passkey by.
   * @param label what the browser shows for this installation
   * @throws NightglassError `SECRET_MISSING`
   */
  begin({ id, name, displayName }: Account, place: PasskeyPlace, holder: string, label: string) {
    return {
      rp: { id: place.rpId, name: label },
      user: { id: handleOf(id), name, displayName },
      challenge: this.#challenges.make(toAdd(id, place, holder)),
      pubKeyCredParams: passkeyAlgorithms.map((alg) => ({ type: 'public-key' as const, alg })),
      // One that is there already is not made a second time.
      excludeCredentials: this.#at(id, place),
      authenticatorSelection: {
        residentKey: 'required' as const,
        requireResidentKey: true,
        userVerification: 'required' as const,
      },
      attestation: 'none' as const,
    };
  }

  /**
   * Keeps it.
   * @param isFirst it must be the first factor of the account
   * @throws NightglassError `NOT_FOUND` for a challenge that is over, `BAD_REQUEST`, `CONFLICT`, `BUSY`,
   * `STORE_UNWRITABLE`
   */
  async confirm(
    account: Account,
    asked: { readonly name: string; readonly passkey: PasskeyAttestation },
    { place, holder }: Pick<PasskeyAsked, 'place' | 'holder'>,
    isFirst = false,
  ): Promise<AddedFactor> {
    let good: string | undefined;
    let isOver = false;
    const checked = await verifyAttestation(asked.passkey, place, (challenge) => {
      isOver = !this.#challenges.isGood(challenge, toAdd(account.id, place, holder));
      good = challenge;
      return !isOver;
    });
    if (isOver) throw tookTooLong();
    if (checked === null || good === undefined) {
      throw new NightglassError('BAD_REQUEST', 'Cannot add the passkey: it is not of this address');
    }
    if (!this.#challenges.spend(good, account.id)) throw tookTooLong();
    const { passkey, counter } = checked;
    const id = rowIdOf(place, passkey.credentialId);
    const secret = JSON.stringify(passkey);
    const factor = { id, kind: 'passkey', name: asked.name, secret } as const;
    return this.#records.add(account, factor, counter, isFirst);
  }

  /**
   * What a browser asks a passkey for.
   * @throws NightglassError `PASSKEY_UNAVAILABLE` where the account has none of this place,
   * `SECRET_MISSING`
   */
  ask(asked: PasskeyAsked) {
    const { accountId, place } = asked;
    const allowCredentials = accountId === undefined ? [] : this.#at(accountId, place);
    if (accountId !== undefined && allowCredentials.length === 0) {
      throw new NightglassError(
        'PASSKEY_UNAVAILABLE',
        `This account has no passkey that was added at ${place.origin}`,
        {
          hint: 'Open the dashboard by the address at which it was added, or show another factor.',
        },
      );
    }
    return {
      rpId: place.rpId,
      challenge: this.#challenges.make(toUse(asked)),
      allowCredentials,
      userVerification: 'required' as const,
    };
  }

  /**
   * Whose passkey this is. Its challenge counts once.
   * @throws NightglassError `BUSY`, `SECRET_MISSING`
   */
  async use(assertion: PasskeyAssertion, asked: PasskeyAsked): Promise<PasskeyUse> {
    const id = rowIdOf(asked.place, assertion.id);
    const found = this.#owned(id, assertion, asked);
    if (found === null) return unknown;
    const passkey = this.#open(found.row);
    let good = '';
    const counter = isOf(asked.place)(passkey)
      ? await verifyAssertion(assertion, passkey, (challenge) => {
          if (!this.#challenges.isGood(challenge, toUse(asked))) return false;
          good = challenge;
          return true;
        })
      : null;
    // In the meantime it may have been taken away, or its holder.
    const now = this.#owned(id, assertion, asked);
    if (now === null) return unknown;
    const { account, row } = now;
    const refused = (fault: 'wrong' | 'counter') => ({ account, factor: row.name, fault });
    if (counter === null || !this.#challenges.spend(good, account.id)) return refused('wrong');
    // One that does not count always says 0 (WebAuthn, 6.1.1).
    const before = this.#records.counterOf(row);
    if ((counter > 0 || before > 0) && counter <= before) return refused('counter');
    this.#records.used(row, counter);
    return { account, fault: null };
  }

  /** The passkey of an account in force, which signs in here. */
  #owned(id: string, { response }: PasskeyAssertion, { accountId }: PasskeyAsked) {
    const row = this.#records.table.find(id);
    if (row?.kind !== 'passkey') return null;
    if (accountId !== undefined && row.accountId !== accountId) return null;
    const handle = response.userHandle ?? (accountId === undefined ? '' : handleOf(accountId));
    if (handle !== handleOf(row.accountId)) return null;
    const account = this.#accounts.find(row.accountId);
    if (account?.origin !== 'local' || accountState(account) !== 'active') return null;
    return { account, row };
  }

  /** Those of an account at a place, as browsers want them named. */
  #at(accountId: string, place: PasskeyPlace) {
    const rows = this.#records.table.list(accountId).filter(({ kind }) => kind === 'passkey');
    const opened = rows.flatMap((row) => {
      try {
        return [this.#open(row)];
      } catch (error) {
        if (rows.length > 1 && isNightglassError(error, 'SECRET_MISSING')) return [];
        throw error;
      }
    });
    return opened
      .filter(isOf(place))
      .map(({ credentialId }) => ({ id: credentialId, type: 'public-key' as const }));
  }

  #open(row: FactorRow): Passkey {
    return JSON.parse(this.#records.open(row)) as Passkey;
  }
}

function isOf({ origin, rpId }: PasskeyPlace) {
  return (passkey: Passkey) => passkey.origin === origin && passkey.rpId === rpId;
}

function toAdd(accountId: string, { origin }: PasskeyPlace, holder: string): ChallengePurpose {
  return { purpose: 'add', origin, accountId, holder };
}

function toUse({ accountId, holder, place }: PasskeyAsked): ChallengePurpose {
  const { origin } = place;
  return accountId === undefined
    ? { purpose: 'alone', origin, accountId: '', holder }
    : { purpose: 'second', origin, accountId, holder };
}

/** What a passkey keeps of whose it is: base64url of the account's id. */
function handleOf(accountId: string): string {
  return Buffer.from(accountId).toString('base64url');
}

/** One credential of a host is of one account alone, and found by what it calls itself. */
function rowIdOf({ rpId }: PasskeyPlace, credentialId: string): string {
  return createHash('sha256').update(`${rpId} ${credentialId}`).digest('hex');
}

function tookTooLong(): NightglassError {
  return new NightglassError('NOT_FOUND', 'Adding the passkey took too long', {
    hint: 'Begin again.',
  });
}
