/** What sessions are begun with. */
export const signInKinds = [
  'token',
  'password',
  'oidc',
  'password+totp',
  'password+recovery',
  'passkey',
  'password+passkey',
] as const;

/** What a session was begun with. */
export type SignInKind = (typeof signInKinds)[number];
