/** What an authenticator app shows for this installation: several on one telephone are told apart. */
export function issuerOf(home: string): string {
  return `Nightglass ${new URL(home).hostname}`;
}
