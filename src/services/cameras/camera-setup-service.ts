import type { Actor } from '../../domain/audit-entry.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type {
  CameraChange,
  CameraLogin,
  CameraSetup,
  CameraSource,
  NewCamera,
} from '../../domain/camera-setup.ts';
import type { CameraStatus, CameraStream } from '../../domain/camera-status.ts';
import type { Box } from '../../domain/geometry/box.ts';

/** A camera as whoever sets it up sees it. Free of credentials. */
export interface CameraSetupView {
  readonly id: string;
  readonly source: CameraSource;
  /** Name of the file that its settings stand in, where they do. */
  readonly file: string | null;
  readonly setup: CameraSetup;
  readonly hasLogin: boolean;
  /** Switched off in the file, or paused. */
  readonly paused: boolean;
  /** Null while it does not run. */
  readonly status: CameraStatus | null;
  /** Why it does not run though it is not paused. */
  readonly problem: string | null;
}

/** Which camera is to be tested. */
export interface CameraTestRequest {
  readonly id: string;
  /** Undefined: as it is set up. */
  readonly setup?: CameraSetup | undefined;
  /** Undefined: the login that is kept, where its rules allow; null: none. */
  readonly login?: CameraLogin | null | undefined;
}

/** What came of a test. */
export interface CameraTestReport {
  /** True when there was a picture. */
  readonly ok: boolean;
  /** Why there was none, or what is odd. */
  readonly reason: { readonly code: string; readonly message: string } | null;
  readonly video: CameraStatus['video'] | null;
  readonly stream: Pick<CameraStream, 'client' | 'transport' | 'bytesPerSecond'> | null;
  readonly firstPictureMs: number | null;
  /** Pictures that came in the time after it, a second. */
  readonly framesPerSecond: number | null;
  /** The first picture. */
  readonly picture: {
    readonly jpeg: Uint8Array;
    readonly width: number;
    readonly height: number;
  } | null;
  /** Faces in it, in shares of its sides; null where they could not be looked for. */
  readonly faces: readonly (Box & { readonly score: number })[] | null;
}

/** Cameras to be set up: those of the file to look at, others to add, change and remove. */
export interface CameraSetupService {
  list(): Awaitable<readonly CameraSetupView[]>;
  get(id: string): Awaitable<CameraSetupView | undefined>;
  /** @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT`, `STORE_UNWRITABLE` */
  create(camera: NewCamera, by: Actor): Promise<CameraSetupView>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT` (of the file), `BAD_REQUEST`, `FORBIDDEN` */
  update(id: string, change: CameraChange, by: Actor): Promise<CameraSetupView>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT` (of the file) */
  pause(id: string, paused: boolean, by: Actor): Promise<CameraSetupView>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT` (of the file) */
  remove(id: string, by: Actor): Promise<void>;
  /** Opens a camera for a picture. @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT` (too many at once) */
  test(request: CameraTestRequest, by: Actor): Promise<CameraTestReport>;
}
