import type { Principal } from '../../domain/principal.ts';
import type { FactorMethod } from '../../domain/second-factor.ts';
import type { Holder } from '../../services/access/account-contract.ts';
import type { SignedIn, SignIn } from '../../services/access/account-passwords.ts';

/** Who has shown the password of an account. */
export interface AccountSignedIn extends Holder, Pick<SignedIn, 'browser'> {
  /**
   * By what the second step may be taken, before anything begins; without any the first factor is to
   * be added. Null where the password is enough.
   */
  readonly second: readonly FactorMethod[] | null;
}

/** What the gateway needs of tokens and accounts. */
export interface GatewayAccess {
  /** Tokens that were not revoked, and accounts. With none the gateway opens on loopback for the demo or not at all. */
  credentialCount(): number;
  /** The principal of a token in force, else null. Compares in constant time. */
  authenticate(token: string): Principal | null;
  /** Whom a session belongs to: the holder of a token or an account in force by its id, else null. */
  find(id: string): Holder | null;
  /** Whose name and password these are, else null, after the same time. @throws NightglassError `BUSY` */
  signIn(asked: SignIn): Promise<AccountSignedIn | null>;
  /** Whether whoever this is must have shown a second factor beside the password. */
  needsFactor(principal: Principal | undefined): boolean;
  /** Whether a browser has been let in by this name's password before. */
  knowsBrowser(name: string, browser: string): boolean;
  /** Notes that the holder of an account was here; tokens leave no such note. */
  seen(id: string): void;
}
