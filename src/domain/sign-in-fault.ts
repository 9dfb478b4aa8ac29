/** Why somebody who came by the provider is not let in. */
export const signInFaults = [
  /** The provider does not answer as it should. */
  'provider',
  /** The provider, or whoever sat before it, said no. */
  'refused',
  /** It took too long, was begun elsewhere, or came back before. */
  'expired',
  /** In no group that may do something here. */
  'no_access',
  /** The account here is disabled or removed. */
  'disabled',
  /** Too many at once. */
  'busy',
  /** Something failed here; the log says what. */
  'failed',
] as const;

export type SignInFault = (typeof signInFaults)[number];

/** Somebody who came by the provider is not let in. */
export class SignInRefused extends Error {
  readonly fault: SignInFault;
  /** As the provider names them, where that is known. */
  readonly who: string | undefined;

  constructor(fault: SignInFault, message: string, who?: string) {
    super(message);
    this.fault = fault;
    this.who = who;
  }
}
