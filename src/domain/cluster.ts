import type { CameraStatus } from './camera-status.ts';
import type { FusedKeyframe } from './keyframe.ts';
import type { TrackNote } from './track.ts';

/** What a process does of the whole. */
export const clusterRoles = ['ingest', 'inference', 'matching', 'control'] as const;
export type ClusterRole = (typeof clusterRoles)[number];

/** A reading of both clocks, milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** What crosses the network of a camera's analysis: pictures of faces, never frames. */
export type RemoteEvent =
  | { readonly kind: 'keyframe'; readonly keyframe: FusedKeyframe }
  | TrackNote;

/** Why a keyframe of a remote camera did not get to the lists, or boxes and tracks not to who looks (`live`), or no node recognised it (`unanswered`), or had room for it before newer ones (`busy`). A closed set: it is a metric's label. */
export const clusterDropReasons = [
  'full',
  'stale',
  'too_large',
  'refused',
  'invalid',
  'replayed',
  'unknown_camera',
  'model',
  'given_up',
  'live',
  'unanswered',
  'busy',
] as const;
export type ClusterDropReason = (typeof clusterDropReasons)[number];

/** Keyframes that a node dropped of one camera since it started. */
export interface NodeDrops {
  readonly cameraId: string;
  readonly reason: ClusterDropReason;
  readonly count: number;
}

/** A camera that a node pulls. */
export interface NodeCamera {
  readonly status: CameraStatus;
  /** Share of a core that it takes, measured; null before it was. */
  readonly cost: number | null;
  /** Milliseconds since a frame of it was analysed; null before the first. */
  readonly analysedAgo: number | null;
}

/** What a node says of itself, each second. */
export interface NodeReport {
  readonly node: string;
  readonly roles: readonly ClusterRole[];
  readonly version: string;
  /** Hash of the models in use: templates of others do not compare. */
  readonly models: string;
  /** Wall time of the node, milliseconds. */
  readonly at: number;
  /** Cores of the node, and cameras that it takes at most. */
  readonly cores: number;
  readonly maxCameras: number;
  readonly draining: boolean;
  readonly cameras: readonly NodeCamera[];
  /** Keyframes that wait to be sent, and what was sent since the start. */
  readonly waiting: number;
  readonly sent: { readonly keyframes: number; readonly bytes: number };
  readonly drops: readonly NodeDrops[];
}

/** A node as the control node sees it. */
export interface ClusterNode {
  readonly report: NodeReport;
  /** Wall time of the control node when it last heard of it, milliseconds. */
  readonly seenAt: number;
  readonly lost: boolean;
  /** Clock of the node against this one, milliseconds. */
  readonly skew: number;
  /** Why it dropped something within the last minute. */
  readonly dropping: readonly ClusterDropReason[];
}
