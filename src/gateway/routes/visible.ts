import type { ShownAlertRecord } from '../../domain/alert-record.ts';
import {
  maySeeAlert,
  maySeeCamera,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import type { CameraDetail } from '../../services/cameras/cameras-service.ts';
import type { PersonView } from '../../services/enrolment/people-service.ts';
import type { WatchlistView } from '../../services/watchlists/watchlists-service.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { GatewayError } from '../contract/wire-error.ts';

/** What is asked for, where it exists and the caller may see it: no telling which of the two fails. */
export interface Visible {
  /** @throws GatewayError `NOT_FOUND` */
  alert(id: string, principal: Principal): Promise<ShownAlertRecord>;
  /** @throws GatewayError `NOT_FOUND` */
  camera(id: string, principal: Principal): Promise<CameraDetail>;
  /** @throws GatewayError `NOT_FOUND` */
  list(id: string, principal: Principal): Promise<WatchlistView>;
  /** @throws GatewayError `NOT_FOUND` */
  person(id: string, principal: Principal): Promise<PersonView>;
}

/** True when the list is the principal's, and runs on a camera that it may see. */
export function maySeeWatchlist(
  principal: Principal,
  list: Pick<WatchlistView, 'id' | 'cameras'>,
): boolean {
  if (!maySeeWatchlistId(principal, list.id)) return false;
  if (principal.cameras === '*' || list.cameras === '*') return true;
  return list.cameras.some((cameraId) => maySeeCamera(principal, cameraId));
}

export function visibleIn(services: GatewayServices): Visible {
  async function list(id: string, principal: Principal): Promise<WatchlistView> {
    const found = await services.watchlists.get(id);
    if (found === undefined || !maySeeWatchlist(principal, found)) {
      throw missing('watchlist', id, found !== undefined);
    }
    return found;
  }

  return {
    list,
    async alert(id, principal) {
      const record = await services.alerts.find(id, principal.name);
      if (record === undefined || !maySeeAlert(principal, record.alert)) {
        throw missing('alert', id, record !== undefined);
      }
      return record;
    },
    async camera(id, principal) {
      const camera = await services.cameras.get(id);
      if (camera === undefined || !maySeeCamera(principal, camera.id)) {
        throw missing('camera', id, camera !== undefined);
      }
      return camera;
    },
    async person(id, principal) {
      const person = await services.people.get(id);
      const own = person && (await services.watchlists.get(person.watchlistId));
      if (person === undefined || own === undefined || !maySeeWatchlist(principal, own)) {
        throw missing('person', id, person !== undefined);
      }
      return person;
    },
  };
}

function missing(what: string, id: string, hidden: boolean): GatewayError {
  return new GatewayError('NOT_FOUND', `Cannot find the ${what} ${id}`, { hidden });
}
