/** Where a camera stands in its life. A closed set: it is a metric's label. */
export type CameraState =
  | 'connecting'
  | 'live'
  | 'stalled'
  | 'backoff'
  | 'unauthorized'
  | 'failed'
  | 'stopped';

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
  /** Frames a second over the last few seconds. */
  readonly framesPerSecond?: number;
  /** Why it is not live: an error code, and a sentence for people. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** When the next attempt starts, wall milliseconds, in `backoff` and `unauthorized`. */
  readonly retryAt?: number;
  readonly reconnects: number;
}
