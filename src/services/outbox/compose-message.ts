import type { Alert, EvidenceKind } from '../../domain/alert.ts';
import type { AlertEvent, StoredAlertEvent } from '../../domain/alert-event.ts';
import { outboxBounds } from '../../domain/bounds.ts';
import type { Delivery } from '../../domain/outbox/delivery.ts';
import {
  type AlertMessage,
  type MessagePicture,
  messageTypes,
  type OutboxMessage,
} from '../../domain/outbox/message.ts';
import type { CameraFault } from '../../domain/outbox/notice.ts';
import type { Receiver, SentPicture } from '../../domain/outbox/receiver.ts';
import type { Principal } from '../../domain/principal.ts';
import { type ShownAlert, scoreBlind } from '../../domain/review.ts';
import { visibleEvent, visiblePicture } from '../../domain/visible-alert.ts';
import { isEnhancedKind } from '../alerts/marked-evidence.ts';

/** What messages are made of. */
export interface MessageSources {
  /** An event as it was stored; undefined when it is no more. */
  event(sequence: number): StoredAlertEvent | undefined;
  /** Whether somebody is to judge it without knowing the scores. */
  awaitsTwoPeople(alert: Alert): boolean;
  /** A picture as it may leave the program; null where there is none that may. */
  picture(alertId: string, kind: EvidenceKind): Uint8Array | null;
}

/** The message of a delivery, with what its receiver may know and no more; null when its alert is gone. */
export function composeMessage(
  delivery: Delivery,
  receiver: Receiver,
  sources: MessageSources,
): OutboxMessage | null {
  const { kind } = delivery;
  if (kind === 'camera') return cameraMessage(delivery);
  const stored = delivery.event === null ? undefined : sources.event(delivery.event);
  if (stored === undefined) return null;
  const principal = principalOf(receiver);
  const blind = sources.awaitsTwoPeople(stored.alert);
  const shown: AlertEvent = blind ? { ...stored, alert: scoreBlind(stored.alert) } : stored;
  const event = visibleEvent(shown, principal);
  if (event === null) return null;
  const data = alertMessage(kind, event.alert, receiver);
  return {
    id: `${data.alertId}-${data.revision}`,
    type: messageTypes[kind],
    at: event.alert.updatedAt,
    cameraId: data.cameraId,
    sequence: delivery.number,
    data,
    pictures: receiver.show.pictures.flatMap((wanted) => {
      const picture = pictureFor(wanted, kind, shown.alert, principal, sources);
      return picture === null ? [] : [picture];
    }),
  };
}

/** What a receiver may see is what its rules send it. */
function principalOf({ id, rules }: Receiver): Principal {
  const { cameras, watchlists } = rules;
  return { id, name: id, role: 'operator', cameras, watchlists, scopes: [] };
}

function alertMessage(
  kind: AlertMessage['kind'],
  alert: ShownAlert,
  { show }: Receiver,
): AlertMessage {
  const newest = kind === 'sighting' ? alert.sightings.at(-1) : undefined;
  const { cameraId, capturedAt } = newest ?? alert;
  const { scores, threshold, quality } = newest ?? alert;
  return {
    kind,
    alertId: alert.id,
    revision: alert.revision,
    state: alert.state,
    watchlistId: alert.watchlistId,
    cameraId,
    capturedAt,
    sightings: alert.sightings.length,
    ...(show.names
      ? {
          names: {
            watchlist: alert.watchlistName,
            personId: alert.personId,
            person: alert.personName,
          },
        }
      : {}),
    ...(show.scores && scores !== undefined && threshold !== undefined && quality !== undefined
      ? { scores: { ...scores, threshold, quality } }
      : {}),
  };
}

function cameraMessage({ number, body, createdAt }: Delivery): OutboxMessage | null {
  if (body === null) return null;
  const fault = JSON.parse(body) as CameraFault;
  return {
    id: `${fault.cameraId}-${fault.code}-${fault.since}-${fault.state}`,
    type: messageTypes.camera,
    at: createdAt,
    cameraId: fault.cameraId,
    sequence: number,
    data: { kind: 'camera', ...fault },
    pictures: [],
  };
}

/** Null where there is none that may leave: the message goes out without it. */
function pictureFor(
  kind: SentPicture,
  notice: AlertMessage['kind'],
  alert: ShownAlert,
  principal: Principal,
  sources: MessageSources,
): MessagePicture | null {
  const newest = notice === 'sighting' ? alert.sightings.at(-1) : undefined;
  const wanted: EvidenceKind =
    newest === undefined || kind === 'enrolled' ? kind : `sighting-${newest.number}-${kind}`;
  const kept = visiblePicture(alert, principal, wanted);
  const jpeg = kept === null ? null : sources.picture(alert.id, kept);
  if (kept === null || jpeg === null || jpeg.byteLength > outboxBounds.pictureBytes) return null;
  return { kind, contentType: 'image/jpeg', machineMade: isEnhancedKind(kept), jpeg };
}
