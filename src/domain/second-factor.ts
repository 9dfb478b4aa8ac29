import type { Role } from './principal.ts';

/** What somebody shows beside the password: a code of an authenticator app, or a passkey. */
export const factorKinds = ['totp', 'passkey'] as const;

export type FactorKind = (typeof factorKinds)[number];

/** By what the second step of a sign-in may be taken. */
export type FactorMethod = FactorKind | 'recovery';

/** A second factor of an account, without its secret. */
export interface Factor {
  readonly id: string;
  readonly kind: FactorKind;
  /** Given by its holder. */
  readonly name: string;
  /** Wall milliseconds. */
  readonly createdAt: number;
  /** Wall milliseconds at which somebody signed in with it last; null never. */
  readonly usedAt: number | null;
}

/** Who must have a second factor: nobody, everybody, or accounts of some roles. */
export type FactorPolicy = 'optional' | 'required' | readonly Role[];

/** Whether an account of this role must have a second factor. */
export function needsFactor(policy: FactorPolicy, role: Role): boolean {
  return typeof policy === 'string' ? policy === 'required' : policy.includes(role);
}
