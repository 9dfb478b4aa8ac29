import type { AlertState } from '../alert.ts';
import type { MatchScores } from '../match.ts';
import type { CameraFault, NoticeKind } from './notice.ts';
import type { SentPicture } from './receiver.ts';

/** Types of the events that leave, in CloudEvents' sense. */
export const messageTypes = {
  alert: 'nightglass.alert.raised.v1',
  sighting: 'nightglass.alert.sighted.v1',
  review: 'nightglass.alert.reviewed.v1',
  camera: 'nightglass.camera.fault.v1',
  test: 'nightglass.test.v1',
} as const satisfies Record<NoticeKind | 'test', string>;

export interface MessagePicture {
  readonly kind: SentPicture;
  readonly contentType: 'image/jpeg';
  /** True where a machine made it: no evidence on its own. Its XMP says so too. */
  readonly machineMade: boolean;
  readonly jpeg: Uint8Array;
}

/** What a receiver learns of an alert: no more than its rule shows. */
export interface AlertMessage {
  readonly kind: 'alert' | 'sighting' | 'review';
  readonly alertId: string;
  readonly revision: number;
  readonly state: AlertState;
  readonly watchlistId: string;
  /** Where and when the person was seen: of a sighting, where it was last. */
  readonly cameraId: string;
  readonly capturedAt: number;
  /** Appearances after the first. */
  readonly sightings: number;
  /** Where its rule shows names; empty ones are of people who were removed. */
  readonly names?: {
    readonly watchlist: string;
    readonly personId: string;
    readonly person: string;
  };
  /** Where its rule shows scores, and nobody is to judge without them. */
  readonly scores?: MatchScores & { readonly threshold: number; readonly quality: number };
}

/** A message to a receiver, however it is written there. */
export interface OutboxMessage {
  /** Alike in each attempt: who gets it twice knows by it. */
  readonly id: string;
  readonly type: (typeof messageTypes)[keyof typeof messageTypes];
  /** Wall time of what it tells, milliseconds. */
  readonly at: number;
  /** The camera that it is about; null for none. */
  readonly cameraId: string | null;
  /** Grows with each message to a receiver; null for a test. */
  readonly sequence: number | null;
  readonly data:
    | AlertMessage
    | ({ readonly kind: 'camera' } & CameraFault)
    | { readonly kind: 'test'; readonly by: string };
  readonly pictures: readonly MessagePicture[];
}
