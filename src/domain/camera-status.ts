import type { LookReason } from './motion.ts';
import type { CameraEvents } from './onvif.ts';
import type { StreamNoteCounts } from './stream-notes.ts';

/** Where a camera stands in its life. A closed set: it is a metric's label. */
export const cameraStates = [
  'connecting',
  'live',
  'stalled',
  'backoff',
  'unauthorized',
  'failed',
  'scheduled_off',
  'stopped',
] as const;
export type CameraState = (typeof cameraStates)[number];

/** How a camera's stream comes, and what is odd in it. */
export interface CameraStream {
  /** `own`, or `compatible`: FFmpeg's, tried where ours gets no picture; some 100 ms later. */
  readonly client: 'own' | 'compatible';
  readonly transport: 'tcp' | 'udp' | 'http' | 'multicast';
  /** Over the last few seconds. */
  readonly bytesPerSecond: number;
  readonly packetsPerSecond: number;
  /** What is odd, a second of each kind over the last few seconds. */
  readonly notes: StreamNoteCounts;
  /** The same since this stream began. */
  readonly noted: StreamNoteCounts;
}

/** Status of a camera. Free of credentials. */
export interface CameraStatus {
  readonly cameraId: string;
  readonly state: CameraState;
  /** Wall time of the last change of state, milliseconds. */
  readonly since: number;
  /** Present while a stream is decoded. */
  readonly video?: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    /** `software`, or the kind of device that decodes: `cuda`, `vaapi`, … */
    readonly decoder?: string;
  };
  /** How the stream comes, once that is agreed. */
  readonly stream?: CameraStream;
  /** Frames a second over the last few seconds. */
  readonly framesPerSecond?: number;
  /** Why it is not live: an error code, and a sentence for people. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** When the next attempt starts, wall milliseconds, in `backoff` and `unauthorized`. */
  readonly retryAt?: number;
  readonly reconnects: number;
  /** What the camera says by ONVIF; present where that is heard. */
  readonly events?: CameraEvents;
}

/** Whether something moved at a camera a moment ago; `unwatched`: it has not been asked. */
export const cameraMotions = ['moving', 'still', 'unwatched'] as const;
export type CameraMotion = (typeof cameraMotions)[number];

/** What a camera showed over the last few minutes. */
export interface RecentActivity {
  /** Length of the window, seconds. */
  readonly seconds: number;
  /** Frames that were analysed, and faces in them. */
  readonly frames: number;
  readonly faces: number;
  /** Pictures by why faces were looked for in them; `still`: they were not. */
  readonly looks: Readonly<Partial<Record<LookReason, number>>>;
  /** Face images chosen for matching. */
  readonly keyframes: number;
  /** Faces not used, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Faces by unified quality, ten bins of ten points. */
  readonly quality: readonly number[];
}
