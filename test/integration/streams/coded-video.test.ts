import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import type { CodedVideo, CodedVideoPicture } from '../../../src/domain/coded-video.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { type Camera, type CameraOptions, openCamera } from '../../../src/streams/camera.ts';
import { plainView } from '../../../src/streams/shape/picture-view.ts';
import { codedFootage } from '../../support/demo/coded-footage.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

const limit = 60_000;
const refused = { code: 'VIDEO_NOT_PASSED_ON' };

describe('a camera’s video as it sends it', { timeout: 240_000 }, () => {
  let server: RtspServer;
  let camera: Camera;
  const sources: Record<string, EncodedSource> = {};
  const shown = new Set<number>();

  before(async () => {
    const interlaced = { codec: 'h264', width: 320, height: 192, coding: 'tff=1' } as const;
    Object.assign(sources, {
      h264: await testFootage(),
      h265: await testFootage({ codec: 'h265' }),
      mjpeg: await testFootage({ codec: 'mjpeg' }),
      small: await testFootage({ width: 128, height: 96 }),
      interlaced: await codedFootage(interlaced),
    });
    server = await createRtspServer({
      cameras: Object.entries(sources).map(([path, source]) => ({ path, source })),
    });
  });
  afterEach(() => camera.close());
  after(() => server.close());

  /** Opens a camera, and notes when its analysed frames were captured. */
  async function open(path: string, options: Partial<CameraOptions> = {}): Promise<void> {
    shown.clear();
    const first = Promise.withResolvers<void>();
    camera = openCamera({ id: 'c', url: server.url(path), ledger: new FrameLedger(), ...options });
    camera.frames$.subscribe((frame) => {
      shown.add(frame.capturedAt);
      frame[Symbol.dispose]();
      first.resolve();
    });
    await first.promise;
  }

  for (const [codec, name] of [
    ['h264', /^avc1\.[0-9a-f]{6}$/],
    ['h265', /^hev1\.1\.6\.L\d+\.90$/],
  ] as const) {
    it(`${codec}: each picture byte by byte, from a key picture on, at the time of its frame`, async () => {
      await open(codec);
      const viewer = watch(camera);
      await viewer.pictures(25);
      assert.match(viewer.videos[0]?.codec ?? '', name);
      const { codec: _, ...rest } = viewer.videos[0] as CodedVideo;
      assert.deepEqual(rest, { width: 192, height: 128, rotate: 0, mirror: false });
      assert.equal(viewer.received[0]?.key, true);
      const units = sources[codec]?.units ?? [];
      for (const { data, key } of viewer.received) {
        const sent = units.find((unit) => sameSlices(unit.data, data));
        assert.ok(sent !== undefined && sent.key === key, 'a picture that the camera did not send');
      }
      const times = viewer.received.map(({ capturedAt }) => capturedAt);
      assert.ok(times.filter((time) => shown.has(time)).length > 10, 'the times of frames');
      // Who comes later begins at once, with the last key picture.
      const second = watch(camera);
      assert.equal(second.received[0]?.key, true);
      viewer.stop();
      viewer.stop();
      const { length } = viewer.received;
      await second.pictures(second.received.length + 5);
      assert.equal(viewer.received.length, length);
      await camera.close();
      assert.deepEqual([viewer.ends, second.ends], [[], [undefined]]);
    });
  }

  it('says how it is turned, and goes on over a lost camera and another size', async () => {
    await open('h264', { view: { rotate: 270, mirror: true, masks: [] } });
    const viewer = watch(camera);
    await viewer.pictures(3);
    const { width, height, rotate, mirror } = viewer.videos[0] as CodedVideo;
    assert.deepEqual([width, height, rotate, mirror], [128, 192, 270, true]);
    const { length } = viewer.received;
    server.camera('h264').disconnect();
    await viewer.pictures(length + 20);
    server.camera('h264').changeResolution(sources['small'] as EncodedSource);
    // Its size is known when the first picture of it is decoded.
    await until(() => viewer.videos.at(-1)?.width === 96, 'the other size');
    await viewer.pictures((viewer.lengths.at(-1) ?? 0) + 1);
    server.camera('h264').changeResolution(sources['h264'] as EncodedSource);
    // What is said holds from the next picture on, which is a key picture.
    for (const at of viewer.lengths) assert.equal(viewer.received[at]?.key, true);
    assert.deepEqual(viewer.ends, []);
  });

  it('gives away no picture where masks hide a part of it, or the configuration says no', async () => {
    const mask = { id: 'm', points: [0, 1, 2].map((at) => ({ x: at / 2, y: (at % 2) / 2 })) };
    const masks = [mask] as unknown as typeof plainView.masks;
    await open('h264', { view: { ...plainView, masks } });
    assert.throws(() => watch(camera), refused);
    await camera.close();
    await open('h264', { preview: { passThrough: false } });
    assert.throws(() => watch(camera), refused);
  });

  for (const path of ['mjpeg', 'interlaced']) {
    it(`is refused for ${path} video`, async () => {
      await open(path);
      const viewer = watch(camera);
      await until(() => viewer.ends.length > 0, 'the refusal');
      assert.equal((viewer.ends[0] as { code: string }).code, refused.code);
      assert.deepEqual([viewer.received.length, viewer.videos.length], [0, 0]);
    });
  }

  it('pulls a sub stream once for viewers of both kinds, while there are any', async () => {
    await open('h264', { previewUrl: server.url('small') });
    const sessions = () => server.camera('small').stats.sessions;
    assert.equal(sessions(), 0);
    const viewer = watch(camera);
    await viewer.pictures(5);
    assert.equal(viewer.videos[0]?.width, 128);
    let bytes = 0;
    const stop = camera.preview?.watch((chunk) => {
      bytes += chunk.length;
    });
    await until(() => bytes > 5_000, 'the preview');
    assert.equal(sessions(), 1);
    viewer.stop();
    const before = bytes;
    await until(() => bytes > before, 'more of the preview');
    stop?.();
    await until(() => sessions() === 0, 'the sub stream to end');
  });
});

function watch(camera: Camera) {
  const videos: CodedVideo[] = [];
  /** How many pictures had come before each of `videos`. */
  const lengths: number[] = [];
  const received: CodedVideoPicture[] = [];
  const ends: unknown[] = [];
  assert.ok(camera.preview);
  const stop = camera.preview.watchCoded({
    video: (video) => {
      lengths.push(received.length);
      videos.push(video);
    },
    picture: (picture) => received.push(picture),
    end: (error) => ends.push(error),
  });
  const pictures = (count: number) => until(() => received.length >= count, `${count} pictures`);
  return { videos, lengths, received, ends, stop, pictures };
}

/** Parameter sets and marks may be repeated on the way; the slices are the picture. */
function sameSlices(sent: Uint8Array, received: Uint8Array): boolean {
  const slice = (data: Uint8Array) => {
    const bytes = Buffer.from(data);
    return bytes.subarray(bytes.lastIndexOf(Buffer.from([0, 0, 1])));
  };
  return slice(sent).equals(slice(received));
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > limit) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
