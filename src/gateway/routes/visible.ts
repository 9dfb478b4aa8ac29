import type { EvidenceKind } from '../../domain/alert.ts';
import type { ShownAlertRecord } from '../../domain/alert-record.ts';
import type { ArmingSubject } from '../../domain/arming.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { ClipFaces } from '../../domain/clip.ts';
import {
  maySeeBiometrics,
  maySeeCamera,
  maySeeSite,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import { visibleAppearance, visiblePicture, visibleTo } from '../../domain/visible-alert.ts';
import type { StoredClip } from '../../services/alerts/clip-store.ts';
import type { CameraDetail } from '../../services/cameras/cameras-service.ts';
import type { PersonView } from '../../services/enrolment/people-service.ts';
import type { WatchlistView } from '../../services/watchlists/watchlists-service.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { GatewayError } from '../contract/wire-error.ts';

/** A clip that the caller may see, and what was seen in it. */
export interface VisibleClip {
  readonly file: StoredClip;
  faces(): Awaitable<ClipFaces | null>;
}

/** What is asked for, where it exists and the caller may see it: no telling which of the two fails. */
export interface Visible {
  /** What the caller may see of it. @throws GatewayError `NOT_FOUND` */
  alert(id: string, principal: Principal): Promise<ShownAlertRecord>;
  /** A picture of an alert, JPEG. @throws GatewayError `NOT_FOUND` */
  picture(id: string, kind: EvidenceKind, principal: Principal): Promise<Uint8Array>;
  /** The clip of an appearance. @throws GatewayError `NOT_FOUND` */
  clip(id: string, appearance: number, principal: Principal): Promise<VisibleClip>;
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

/** Lists that the principal may see, as it may see them. */
export function listsFor(principal: Principal, lists: readonly WatchlistView[]): WatchlistView[] {
  return lists
    .filter((list) => maySeeWatchlist(principal, list))
    .map((list) => listFor(principal, list));
}

/** A list without sites that the principal may know nothing of. */
export function listFor(principal: Principal, list: WatchlistView): WatchlistView {
  if (principal.cameras === '*') return list;
  const own = (sites: readonly string[] = []) =>
    sites.filter((site) => maySeeSite(principal, site));
  const { before } = list.review;
  return {
    ...list,
    sites: own(list.sites),
    review: { ...list.review, before: before && { ...before, sites: own(before.sites) } },
    changes: list.changes.map((change) =>
      change.field === 'sites'
        ? {
            ...change,
            before: change.before && own(change.before as string[]),
            after: own(change.after as string[]),
          }
        : change,
    ),
  };
}

/** True when the principal may know whether it is armed. */
export function maySeeArming(
  principal: Principal,
  { kind, id, cameras }: ArmingSubject & Pick<WatchlistView, 'cameras'>,
): boolean {
  if (kind === 'camera') return maySeeCamera(principal, id);
  return maySeeBiometrics(principal) && maySeeWatchlist(principal, { id, cameras });
}

export function visibleIn(services: GatewayServices): Visible {
  async function list(id: string, principal: Principal): Promise<WatchlistView> {
    const found = await services.watchlists.get(id);
    if (found === undefined || !maySeeWatchlist(principal, found)) {
      throw missing('watchlist', id, found !== undefined);
    }
    return found;
  }

  async function record(id: string, principal: Principal): Promise<ShownAlertRecord> {
    const found = await services.alerts.find(id, principal.name);
    if (found === undefined || visibleTo(found.alert, principal) === null) {
      throw missing('alert', id, found !== undefined);
    }
    return found;
  }

  return {
    list,
    alert: async (id, principal) => shownTo(await record(id, principal), principal),
    async picture(id, kind, principal) {
      const kept = visiblePicture((await record(id, principal)).alert, principal, kind);
      const jpeg = kept && (await services.alerts.evidence(id, kept));
      if (jpeg !== null) return jpeg;
      throw new GatewayError('NOT_FOUND', `Alert ${id} has no picture "${kind}"`);
    },
    async clip(id, appearance, principal) {
      const { alert } = await record(id, principal);
      const kept = visibleAppearance(alert, principal, appearance);
      const file = kept === null ? null : await services.alerts.clip(id, kept);
      if (kept === null || file === null) {
        throw new GatewayError('NOT_FOUND', `Alert ${id} has no clip ${appearance}`);
      }
      return { file, faces: () => services.alerts.clipFaces(id, kept) };
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

/** What the caller may see of an alert that it may see. */
export function shownTo(record: ShownAlertRecord, principal: Principal): ShownAlertRecord {
  return { ...record, alert: visibleTo(record.alert, principal) ?? record.alert };
}

function missing(what: string, id: string, hidden: boolean): GatewayError {
  return new GatewayError('NOT_FOUND', `Cannot find the ${what} ${id}`, { hidden });
}
