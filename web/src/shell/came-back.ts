import { go } from '../page/route.ts';

/** Why a sign-in by the provider led to no session, in the gateway's words. */
export const signInFaults = [
  'provider',
  'refused',
  'expired',
  'no_access',
  'disabled',
  'busy',
  'failed',
] as const;

export type SignInFault = (typeof signInFaults)[number];

const placeKey = 'nightglass.place';
const name = 'sign-in';

/** Why the provider's way in led back to here without a session: once, then it is forgotten. */
export function takeSignInFault(): SignInFault | undefined {
  const address = new URL(location.href);
  const given = address.searchParams.get(name);
  if (given === null) return undefined;
  address.searchParams.delete(name);
  history.replaceState(null, '', address);
  return signInFaults.find((known) => known === given);
}

/** Before the way to the provider: where to go on afterwards. */
export function rememberPlace(): void {
  sessionStorage.setItem(placeKey, location.hash);
}

/** After the way back: goes on where the visitor was. */
export function returnToPlace(): void {
  const place = sessionStorage.getItem(placeKey);
  sessionStorage.removeItem(placeKey);
  // A place of this page, and only where the visitor has not gone elsewhere meanwhile.
  if (place?.startsWith('#/') === true && location.hash === '') go(place, true);
}
