import { isUnlimited, maySeeCamera, maySeeSite, type Principal } from '../../domain/principal.ts';
import type { PersonView } from '../../services/enrolment/people-service.ts';
import type { WatchlistView } from '../../services/watchlists/watchlists-service.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { visibleIn } from './visible.ts';

/**
 * Who may see only some cameras and sites changes no list that runs on others too: its threshold,
 * its people and its end count there as well.
 * @throws GatewayError `FORBIDDEN`
 */
export function assertMayChange(
  principal: Principal,
  list: Pick<WatchlistView, 'name' | 'cameras' | 'sites'>,
): void {
  if (principal.cameras === '*') return;
  const own =
    list.cameras !== '*' && list.cameras.every((camera) => maySeeCamera(principal, camera));
  if (own && list.sites.every((site) => maySeeSite(principal, site))) return;
  throw new GatewayError(
    'FORBIDDEN',
    `Cannot change the watchlist ${list.name}: it runs on cameras beyond those of the token`,
  );
}

/** The same of the list that somebody is on, or is to be put on. @throws GatewayError `FORBIDDEN` */
export async function assertMayChangeListOf(
  services: GatewayServices,
  principal: Principal,
  { watchlistId }: { readonly watchlistId: string },
): Promise<void> {
  const list = await services.watchlists.get(watchlistId);
  if (list !== undefined) assertMayChange(principal, list);
}

/** Somebody enrolled who is to be changed. @throws GatewayError `NOT_FOUND`, `FORBIDDEN` */
export async function personToChange(
  services: GatewayServices,
  id: string,
  principal: Principal,
): Promise<PersonView> {
  const person = await visibleIn(services).person(id, principal);
  await assertMayChangeListOf(services, principal, person);
  return person;
}

/** For what concerns all cameras and lists. @throws GatewayError `FORBIDDEN` */
export function assertUnlimited(principal: Principal, what: string): void {
  if (isUnlimited(principal)) return;
  throw new GatewayError(
    'FORBIDDEN',
    `Cannot ${what}: the token is limited to some cameras or watchlists`,
  );
}

/** Who may see only some cameras adds and tests none beside them. @throws GatewayError `FORBIDDEN` */
export function assertMayChangeCamera(principal: Principal, cameraId: string): void {
  if (maySeeCamera(principal, cameraId)) return;
  throw new GatewayError(
    'FORBIDDEN',
    `Cannot set up camera ${cameraId}: the token is limited to other cameras`,
  );
}
