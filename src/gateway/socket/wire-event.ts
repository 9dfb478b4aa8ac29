import { evidenceKinds } from '../../domain/alert.ts';
import type { AlertEvent } from '../../domain/alert-event.ts';
import { camerasOf } from '../../domain/alert-filter.ts';
import type { ArmingChange } from '../../domain/arming.ts';
import type { CameraStatus } from '../../domain/camera-status.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from '../../domain/live-events.ts';
import {
  camerasOfSite,
  maySeeBiometrics,
  maySeeSite,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import type { SiteAlertChange } from '../../domain/site-alert.ts';
import type { Topic } from '../../domain/topics.ts';
import { visibleEvent } from '../../domain/visible-alert.ts';
import { maySeeArming } from '../routes/visible.ts';
import type { CloudEvent } from '../schemas/messages.ts';

/** An event on its way to clients, made into bytes at most once, and not at all when nobody listens. */
export interface WireEvent {
  readonly topic: Topic;
  /** All that it is about. */
  readonly cameraIds: readonly string[];
  /** Which alert in which revision, for replay without duplicates. */
  readonly alert?: {
    readonly id: string;
    readonly revision: number;
    /** The event as this principal may have it; null where it may not. */
    visibleTo(principal: Principal): WireEvent | null;
  };
  /** Who may have it, where cameras do not say it all. */
  mayHave?(principal: Principal): boolean;
  /** UTF-8 JSON. */
  bytes(): Buffer;
}

function wireEvent<T extends Topic>(
  topic: T,
  cameraIds: readonly string[],
  build: () => CloudEvent<T>,
  alert?: WireEvent['alert'],
): WireEvent {
  let bytes: Buffer | undefined;
  return {
    topic,
    cameraIds,
    ...(alert === undefined ? {} : { alert }),
    bytes() {
      bytes ??= Buffer.from(JSON.stringify(build()));
      return bytes;
    },
  };
}

function envelope<const T extends string, D>(
  type: T,
  id: string,
  cameraId: string,
  at: number,
  data: D,
) {
  return {
    specversion: '1.0' as const,
    id,
    source: `/cameras/${encodeURIComponent(cameraId)}`,
    type,
    subject: cameraId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json' as const,
    data,
  };
}

export function alertEvent(event: AlertEvent): WireEvent {
  const { alert, change } = event;
  const whole: WireEvent = wireEvent(
    'alerts',
    camerasOf(alert),
    () => {
      const evidence = Object.fromEntries(
        evidenceKinds.map((kind) => [kind, `/api/alerts/${alert.id}/evidence/${kind}`]),
      ) as Record<(typeof evidenceKinds)[number], string>;
      const data = { ...alert, change, evidence, sightings: [...alert.sightings] };
      const id = `${alert.id}.${alert.revision}`;
      // The event came about at the camera that saw the person again.
      const camera = change === 'sighted' ? alert.sightings.at(-1)?.cameraId : undefined;
      return envelope('nightglass.alert.v1', id, camera ?? alert.cameraId, alert.updatedAt, data);
    },
    {
      id: alert.id,
      revision: alert.revision,
      visibleTo(principal) {
        const visible = visibleEvent(event, principal);
        // Who sees all of it shares the bytes.
        return visible?.alert === alert ? whole : visible && alertEvent(visible);
      },
    },
  );
  return whole;
}

export function detectionEvent(event: DetectionEvent): WireEvent {
  const { cameraId, sequence, capturedAt } = event;
  // A camera counts from the start after each reconnect, so the time is part of the id.
  const id = `${cameraId}.${capturedAt}.${sequence}`;
  return wireEvent('detections', [cameraId], () => {
    const data = {
      ...event,
      faces: event.faces.map((face) => ({ ...face, landmarks: [...face.landmarks] })),
    };
    return envelope('nightglass.detection.v1', id, cameraId, capturedAt, data);
  });
}

export function trackEvent(event: TrackEvent): WireEvent {
  const id = `${event.trackId}.${event.phase}`;
  return wireEvent('tracks', [event.cameraId], () =>
    envelope('nightglass.track.v1', id, event.cameraId, event.endedAt, event),
  );
}

export function embeddingEvent(event: EmbeddingEvent): WireEvent {
  const id = `${event.trackId}.${event.keyframes}`;
  return wireEvent('embeddings', [event.cameraId], () => {
    const data = {
      ...event,
      dimension: event.fused.length,
      fused: float32Base64(event.fused),
      raw: float32Base64(event.raw),
      enhanced: event.enhanced === null ? null : float32Base64(event.enhanced),
    };
    return envelope('nightglass.embedding.v1', id, event.cameraId, event.capturedAt, data);
  });
}

let statusCount = 0;

export function cameraEvent(status: CameraStatus): WireEvent {
  statusCount += 1;
  const id = `${status.cameraId}.${status.since}.${statusCount}`;
  return wireEvent('status', [status.cameraId], () =>
    envelope('nightglass.camera.v1', id, status.cameraId, status.since, status),
  );
}

let armingCount = 0;

export function armingEvent({ state, cameras }: ArmingChange): WireEvent {
  armingCount += 1;
  const { kind, id, armed, cause, by, since, until, scheduled } = state;
  const at = since ?? 0;
  const key = `${kind}.${id}.${at}.${armingCount}`;
  const event = wireEvent('arming', cameras === '*' ? [] : cameras, () => ({
    ...envelope('nightglass.arming.v1', key, id, at, {
      ...{ kind, id, armed, cause, by, since, until, scheduled },
    }),
    source: `/${kind === 'camera' ? 'cameras' : 'watchlists'}/${encodeURIComponent(id)}`,
  }));
  return { ...event, mayHave: (principal) => maySeeArming(principal, { kind, id, cameras }) };
}

let siteAlertCount = 0;

/** Of the cameras of a site, for who may see that site and the list. */
export function siteAlertEvent({ alert, at, change, picture }: SiteAlertChange): WireEvent {
  siteAlertCount += 1;
  const { id, site, watchlistId } = alert;
  const key = `${site}.${id}.${at}.${siteAlertCount}`;
  const event = wireEvent('site-alerts', [camerasOfSite(site)], () => ({
    ...envelope('nightglass.site-alert.v1', key, site, at, { ...alert, change, picture }),
    source: `/sites/${encodeURIComponent(site)}`,
  }));
  const mayHave = (principal: Principal) =>
    maySeeBiometrics(principal) &&
    maySeeSite(principal, site) &&
    maySeeWatchlistId(principal, watchlistId);
  return { ...event, mayHave };
}

/** Base64 of little-endian float32, whatever this machine's own byte order. */
export function float32Base64(vector: Float32Array): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (let i = 0; i < vector.length; i += 1) bytes.writeFloatLE(vector[i] as number, i * 4);
  return bytes.toString('base64');
}
