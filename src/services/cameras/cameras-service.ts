import type { Awaitable } from '../../domain/awaitable.ts';
import type { CameraScene } from '../../domain/camera-scene.ts';
import type { CameraMotion, CameraStatus, RecentActivity } from '../../domain/camera-status.ts';
import type { CodedVideoSink } from '../../domain/coded-video.ts';

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly status: CameraStatus;
  readonly motion: CameraMotion;
  readonly preview: boolean;
}

/** A camera with what it showed over the last few minutes. */
export interface CameraDetail extends CameraView {
  /** Faces in view now. */
  readonly tracksActive: number;
  readonly recent: RecentActivity;
  /** Where, when and for what it looks. */
  readonly scene: CameraScene;
  /** Frames since the start, and those that were dropped, by reason. */
  readonly framesMade: number;
  readonly framesDropped: Readonly<Record<string, number>>;
}

interface ReloadedParts {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface CamerasService {
  list(): Awaitable<readonly CameraView[]>;
  get(id: string): Awaitable<CameraDetail | undefined>;
  /** Ids of the cameras of the configuration, those that are switched off too. */
  configured(): readonly string[];
  /**
   * Reads cameras, watchlists and receivers of the configuration again.
   * @throws NightglassError `CONFIG_*`, `STORE_UNWRITABLE`; `CONFLICT` where the file names no camera any more, unless `force`
   */
  reload(options?: {
    readonly force?: boolean;
  }): Awaitable<ReloadedParts & { readonly receivers: ReloadedParts }>;
}

/** Live video of one camera until who watches stops or the stream ends. */
export interface PreviewService {
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
  /**
   * The video as the camera sends it.
   * @returns stops watching; idempotent
   * @throws NightglassError `NOT_FOUND`, `PREVIEW_UNAVAILABLE`, `VIDEO_NOT_PASSED_ON`
   */
  watchCoded(cameraId: string, sink: CodedVideoSink): Awaitable<() => void>;
}
