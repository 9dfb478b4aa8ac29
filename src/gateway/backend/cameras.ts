import type { CameraStatus } from '../../streams/camera-status.ts';
import type { Awaitable } from './awaitable.ts';

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly status: CameraStatus;
  readonly preview: boolean;
}

export interface CamerasBackend {
  list(): Awaitable<readonly CameraView[]>;
  /** Reads cameras and watchlists of the configuration again. @throws NightglassError `CONFIG_*` */
  reload(): Awaitable<{
    added: readonly string[];
    changed: readonly string[];
    removed: readonly string[];
  }>;
}

/** Receives MPEG-TS of one camera until it stops or the stream ends. */
export interface PreviewBackend {
  /**
   * @param onChunk gets MPEG-TS bytes; must not keep them waiting
   * @param onEnd is called at most once, with the reason when the stream failed
   * @returns stops watching; idempotent
   * @throws NightglassError `NOT_FOUND`, `PREVIEW_UNAVAILABLE`
   */
  watch(
    cameraId: string,
    onChunk: (chunk: Uint8Array) => void,
    onEnd: (error?: unknown) => void,
  ): Awaitable<() => void>;
}
