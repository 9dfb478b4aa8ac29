import type { Subscription } from 'rxjs';
import { cameraTests } from '../domain/bounds.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { Clock } from '../domain/clock.ts';
import type { Detector } from '../domain/detection.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import type { DebugLog } from '../domain/log.ts';
import type { CameraTestReport } from '../services/cameras/camera-setup-service.ts';
import { openCamera } from '../streams/camera.ts';
import type { HostAddresses } from '../streams/rtsp/wire.ts';
import type { CameraSettings } from './camera-settings.ts';

export interface TryCameraPorts {
  readonly clock: Clock;
  readonly log: DebugLog;
  readonly detector: Detector;
  readonly minScore: number;
}

/** Another attempt brings nothing else. */
const hopeless = new Set(['STREAM_UNAUTHORIZED', 'STREAM_UNREACHABLE']);

/** Opens a camera beside those that run, for its first picture and how it comes. */
export async function tryCamera(
  settings: CameraSettings & { readonly addresses: HostAddresses },
  ports: TryCameraPorts,
): Promise<CameraTestReport> {
  const { clock, log } = ports;
  const started = clock.monotonic();
  // A ledger of its own: these pictures are none of the analysis.
  const ledger = new FrameLedger();
  const camera = openCamera({ ...settings, preview: { enabled: false }, ledger, clock, log });
  const subscriptions: Subscription[] = [];
  let status: CameraStatus = camera.status;
  let frames = 0;
  let waiting = true;
  try {
    const first = await new Promise<Frame | null>((settle) => {
      const resolve = (frame: Frame | null) => {
        waiting = false;
        settle(frame);
      };
      subscriptions.push(
        camera.frames$.subscribe((frame) => {
          frames += 1;
          if (waiting) resolve(frame);
          else frame[Symbol.dispose]();
        }),
        camera.status$.subscribe((now) => {
          status = now;
          if (now.retryAt !== undefined && hopeless.has(now.reason?.code ?? '')) resolve(null);
        }),
      );
      const cancel = clock.after(cameraTests.pictureMs, () => resolve(null));
      subscriptions[0]?.add(cancel);
    });
    if (first === null) return { ...nothing, ...wayOf(status), reason: reasonOf(status) };
    const firstPictureMs = Math.round(clock.monotonic() - started);
    const [seen] = await Promise.all([
      look(first, ports),
      new Promise<void>((resolve) => clock.after(cameraTests.measureMs, resolve)),
    ]);
    const seconds = (clock.monotonic() - started - firstPictureMs) / 1000;
    const framesPerSecond = Math.round(((frames - 1) / seconds) * 10) / 10;
    return { ok: true, reason: null, firstPictureMs, framesPerSecond, ...wayOf(status), ...seen };
  } finally {
    for (const subscription of subscriptions) subscription.unsubscribe();
    await camera.close();
  }
}

const nothing = {
  ok: false,
  firstPictureMs: null,
  framesPerSecond: null,
  picture: null,
  faces: null,
} as const;

function wayOf({ video, stream }: CameraStatus): Pick<CameraTestReport, 'video' | 'stream'> {
  if (stream === undefined) return { video: video ?? null, stream: null };
  const { client, transport, bytesPerSecond } = stream;
  return { video: video ?? null, stream: { client, transport, bytesPerSecond } };
}

function reasonOf({ cameraId, reason }: CameraStatus): NonNullable<CameraTestReport['reason']> {
  return (
    reason ?? {
      code: 'STREAM_STALLED',
      message: `No picture of camera ${cameraId} within ${cameraTests.pictureMs / 1000} s`,
    }
  );
}

/** The picture and the faces in it. Owns the frame. */
async function look(
  frame: Frame,
  { detector, minScore, log }: TryCameraPorts,
): Promise<Pick<CameraTestReport, 'picture' | 'faces'>> {
  using held = frame;
  const { picture, width, height } = held;
  const { pictureSide } = cameraTests;
  const maxWidth = Math.round(Math.min(width, pictureSide * Math.min(1, width / height)));
  const jpeg = await picture.jpeg({ maxWidth });
  const found = await detector.detect(picture).catch((error: unknown) => {
    log.warn({ err: error }, 'Cannot look for faces in the picture of a test');
    return null;
  });
  const faces = found
    ?.filter(({ score }) => score >= minScore)
    .map(({ box, score }) => ({
      x: box.x / width,
      y: box.y / height,
      width: box.width / width,
      height: box.height / height,
      score,
    }));
  return { picture: { jpeg, width, height }, faces: faces ?? null };
}
