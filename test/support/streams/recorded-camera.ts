import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import type { Quirks } from '../../../demo/rtsp/quirks.ts';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import type { ClipReason, NewClip } from '../../../src/domain/clip.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { openCamera } from '../../../src/streams/camera.ts';
import { ClipRecorder, type Recording } from '../../../src/streams/clips/clip-recorder.ts';
import { makeClip } from '../../../src/streams/clips/make-clip.ts';
import { PacketRing } from '../../../src/streams/clips/packet-ring.ts';
import { RingBudget } from '../../../src/streams/clips/ring-budget.ts';
import { type Orientation, upright } from '../../../src/streams/shape/orientation.ts';

export interface RecordedCamera {
  /** The clip, or why there is none. */
  readonly clip: NewClip | ClipReason;
  /** A picture of the camera as the analysis saw it. */
  readonly seen: RgbImage;
}

/** A second before and one after a moment of a camera, by real ring, recorder and writer over RTSP. */
export async function recordCamera(
  source: EncodedSource,
  { orientation = upright, quirks }: { orientation?: Orientation; quirks?: Quirks } = {},
): Promise<RecordedCamera> {
  await using resources = new AsyncDisposableStack();
  const camera = { path: 'cam', source, ...(quirks === undefined ? {} : { quirks }) };
  const server = await createRtspServer({ cameras: [camera] });
  resources.defer(() => server.close());
  const recorded = Promise.withResolvers<Recording>();
  const recorder = new ClipRecorder({
    ...{ clock: systemClock, before: 1_000, after: 1_000, mostRecordings: 1 },
    onRecorded: recorded.resolve,
    onDropped: (_, reason) => recorded.reject(new Error(`dropped: ${reason}`)),
  });
  const ring: PacketRing = new PacketRing({
    ...{ cameraId: 'c', hold: 60_000, maxBytes: 2 ** 26, budget: new RingBudget(2 ** 26) },
    onPicture: (picture) => recorder.picture(picture, 'c'),
    onEnd: (why) => (why === 'camera' ? recorder.endAll('c', why) : recorder.leave(ring)),
  });
  recorder.follow(ring);
  const open = openCamera({
    ...{ id: 'c', url: server.url('cam'), ledger: new FrameLedger(), ring },
    ...{ view: { ...orientation, masks: [] }, preview: { enabled: false } },
  });
  resources.defer(() => open.close());
  const seen = Promise.withResolvers<RgbImage>();
  let last: Promise<void> = Promise.resolve();
  const frames = open.frames$.subscribe((frame) => {
    const { width, height } = frame.picture;
    last = last.then(async () => {
      using owned = frame;
      if (ring.held < 1_500) return;
      seen.resolve(await owned.picture.rgb({ width, height }));
    });
  });
  resources.defer(() => frames.unsubscribe());
  const image = await seen.promise;
  recorder.record({
    ...{ place: { alertId: 'a', appearance: 0 }, cameraId: 'c', trackId: 't' },
    capturedMonotonic: systemClock.monotonic(),
  });
  const clip = await inTurns(makeClip(await recorded.promise, orientation));
  return { clip, seen: image };
}
