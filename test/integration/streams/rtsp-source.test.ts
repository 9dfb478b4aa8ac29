import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { openRtsp, type RtspSourceOptions } from '../../../src/streams/rtsp-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { StreamRecorder } from '../../support/streams/stream-recorder.ts';

const password = 'pa:ss"w\\ord Ω%';

describe('RTSP source', { timeout: 120_000 }, () => {
  let server: RtspServer;
  before(async () => {
    const [h264, h265, mjpeg, small] = await Promise.all([
      testFootage(),
      testFootage({ codec: 'h265' }),
      testFootage({ codec: 'mjpeg' }),
      testFootage({ width: 128, height: 96 }),
    ]);
    sources = { small };
    server = await createRtspServer({
      cameras: [
        { path: 'h264', source: h264 },
        { path: 'hevc', source: h265 },
        { path: 'mjpeg', source: mjpeg },
        { path: 'digest', source: h264, username: 'op', password },
        { path: 'basic', source: h264, username: 'op', password, auth: 'basic' },
        { path: 'sick', source: h264 },
      ],
    });
  });
  after(() => server.close());
  let sources: { small: Awaited<ReturnType<typeof testFootage>> };

  const open = async (
    path: string,
    options: Partial<RtspSourceOptions> = {},
    keep?: (frame: Frame) => void,
  ) => {
    const ledger = new FrameLedger();
    const recorder = new StreamRecorder(keep);
    const url = path.startsWith('rtsp') ? path : server.url(path);
    const source = await openRtsp({ cameraId: 'c', url, ledger, ...options }, recorder);
    return { ledger, recorder, source };
  };
  const closes = async ({ ledger, recorder, source }: Awaited<ReturnType<typeof open>>) => {
    await source.close();
    await source.close();
    assert.equal(ledger.live, 0);
    assert.deepEqual(recorder.ends, []);
  };

  for (const codec of ['h264', 'hevc', 'mjpeg']) {
    for (const transport of ['tcp', 'udp'] as const) {
      it(`plays ${codec} over ${transport}`, async () => {
        const stream = await open(codec, { transport });
        const { frames, videos } = stream.recorder;
        await stream.recorder.untilFrames(25);
        assert.deepEqual(videos, [{ codec, width: 192, height: 128, decoder: 'software' }]);
        assert.deepEqual(
          frames.slice(0, 25).map((frame) => frame.sequence),
          Array.from({ length: 25 }, (_, index) => index),
        );
        for (const [index, frame] of frames.slice(1, 25).entries()) {
          const before = frames[index];
          assert.ok(before && frame.mediaTime > before.mediaTime);
          assert.ok(frame.capturedMonotonic >= before.capturedMonotonic);
        }
        // 24 intervals of 50 ms by the camera's own clock.
        const first = frames[0]?.mediaTime ?? 0;
        assert.ok(Math.abs((frames[24]?.mediaTime ?? 0) - first - 1200) < 1);
        assert.deepEqual(stream.ledger.drops(), []);
        await closes(stream);
      });
    }
  }

  it('sees the pictures that the camera shows', async () => {
    const read = Promise.withResolvers<RgbImage>();
    const keep = (frame: Frame) => {
      void frame.picture
        .rgb({ width: 192, height: 128 })
        .then(read.resolve, read.reject)
        .finally(() => frame[Symbol.dispose]());
    };
    const stream = await open('mjpeg', {}, keep);
    const image = await read.promise;
    await closes(stream);
    // Green grows from top to bottom by one a row in the test footage.
    const green = (row: number) => image.data[(row * 192 + 96) * 3 + 1] ?? 0;
    assert.ok(Math.abs(green(100) - green(20) - 80) < 12);
  });

  for (const scheme of ['digest', 'basic']) {
    it(`answers ${scheme} authentication`, async () => {
      const stream = await open(scheme, { username: 'op', password, allowBasic: true });
      await stream.recorder.untilFrames(2);
      await closes(stream);
    });

    it(`takes ${scheme} credentials from the URL`, async () => {
      const stream = await open(server.url(scheme, { credentials: true }), { allowBasic: true });
      await stream.recorder.untilFrames(2);
      await closes(stream);
    });

    it(`reports refused ${scheme} credentials without quoting them`, async () => {
      const secret = 'not-the-secret-1234';
      const url = server.url(scheme).replace('//', `//op:${secret}@`);
      const error = await open(url, { allowBasic: true }).then(
        () => assert.fail('it opened'),
        (failure: unknown) => failure,
      );
      assert.ok(isNightglassError(error, 'STREAM_UNAUTHORIZED'), String(error));
      const words = inspect(error, { depth: 10, showHidden: true });
      assert.ok(
        !words.includes(secret) && !words.includes(Buffer.from(`op:${secret}`).toString('base64')),
      );
    });
  }

  it('does not quote a URL that it cannot read', async () => {
    await assert.rejects(open('rtsp://op:hunter2@host:port:x/'), (error) => {
      assert.ok(isNightglassError(error, 'STREAM_UNSUPPORTED'));
      return !inspect(error, { depth: 10, showHidden: true }).includes('hunter2');
    });
    await assert.rejects(open('rtsp-x://op:hunter2@host/'), (error) => {
      return isNightglassError(error, 'STREAM_UNSUPPORTED') && !inspect(error).includes('hunter2');
    });
  });

  it('reports a path that is not there', async () => {
    await assert.rejects(
      open(server.url('h264').replace('h264', 'nothing')),
      (error) =>
        isNightglassError(error, 'STREAM_UNREACHABLE') &&
        /no stream of this name/.test(error.message),
    );
  });

  it('reports a host that refuses, one that is silent and one that talks nonsense', async () => {
    await using silent = await listen(() => undefined);
    await using noisy = await listen((socket) => {
      socket.on('error', () => undefined);
      socket.write(Buffer.alloc(2_000_000, 7));
    });
    await assert.rejects(open(silent.url, { limits: { answerMs: 100 } }), (error) =>
      isNightglassError(error, 'STREAM_UNREACHABLE'),
    );
    await assert.rejects(open(noisy.url), (error) =>
      isNightglassError(error, 'STREAM_UNSUPPORTED'),
    );
    const gone = silent.url;
    await silent[Symbol.asyncDispose]();
    await assert.rejects(open(gone), (error) => isNightglassError(error, 'STREAM_UNREACHABLE'));
  });

  it('asks for decoding hardware once there is video, not of a camera that is gone', async () => {
    const hardware = process.platform === 'darwin' ? 'vaapi' : 'videotoolbox';
    await assert.rejects(open('h264', { hardware }), (error) =>
      isNightglassError(error, 'ENVIRONMENT'),
    );
    const gone = await listen(() => undefined);
    await gone[Symbol.asyncDispose]();
    await assert.rejects(open(gone.url, { hardware }), (error) =>
      isNightglassError(error, 'STREAM_UNREACHABLE'),
    );
  });

  it('gives up connecting when told to', async () => {
    const abort = new AbortController();
    await using silent = await listen(() => abort.abort());
    const ledger = new FrameLedger();
    const opening = openRtsp(
      { cameraId: 'c', url: silent.url, ledger },
      new StreamRecorder(),
      abort.signal,
    );
    await assert.rejects(opening, (error) => isNightglassError(error, 'STREAM_ENDED'));
  });

  it('reports the end of the stream once', async () => {
    for (const goodbye of [true, false]) {
      const { recorder, source, ledger } = await open('sick');
      await recorder.untilFrames(2);
      server.camera('sick').disconnect({ goodbye });
      await recorder.until(() => recorder.ends.length > 0, 'the end');
      assert.deepEqual(
        recorder.ends.map((end) => end.code),
        ['STREAM_ENDED'],
      );
      await source.close();
      assert.equal(ledger.live, 0);
    }
  });

  it('lives through garbage and truncated pictures, counts them and recovers', async () => {
    for (const fault of ['garbage', 'truncate'] as const) {
      const stream = await open('sick');
      const camera = server.camera('sick');
      await stream.recorder.untilFrames(2);
      camera[fault]({ rate: 0.7 });
      const errors = () =>
        stream.ledger.drops().find((drop) => drop.reason === 'decode_error')?.count ?? 0;
      const pictures = stream.recorder.pictures;
      await new Promise<void>((resolve) => {
        const poll = setInterval(() => {
          if (stream.recorder.pictures < pictures + 30) return;
          clearInterval(poll);
          resolve();
        }, 10);
      });
      camera.behave();
      const seen = stream.recorder.frames.length;
      await stream.recorder.untilFrames(seen + 20);
      assert.ok(errors() > 0, `${fault} counts`);
      await closes(stream);
    }
  });

  it('lives through lost packets over both transports', async () => {
    for (const transport of ['tcp', 'udp'] as const) {
      const stream = await open('sick', { transport });
      const camera = server.camera('sick');
      await stream.recorder.untilFrames(2);
      camera.drop({ rate: 0.2 });
      await stream.recorder.untilFrames(8);
      camera.behave();
      const seen = stream.recorder.frames.length;
      await stream.recorder.untilFrames(seen + 20);
      await closes(stream);
    }
  });

  it('follows a change of resolution in mid-stream', async () => {
    const stream = await open('sick');
    const camera = server.camera('sick');
    const { source } = camera;
    await stream.recorder.untilFrames(3);
    camera.changeResolution(sources.small);
    await stream.recorder.until(() => stream.recorder.videos.length === 2, 'the new size');
    await stream.recorder.untilFrames(stream.recorder.frames.length + 3);
    const last = stream.recorder.frames.at(-1);
    assert.deepEqual([last?.width, last?.height], [128, 96]);
    await closes(stream);
    camera.changeResolution(source);
  });

  it('gives growing media times whatever the camera says about time', async () => {
    for (const fault of [{ jumpMs: -3_600_000 }, { jumpMs: 40_000_000 }, { erraticMs: 400 }]) {
      const stream = await open('sick');
      const camera = server.camera('sick');
      await stream.recorder.untilFrames(3);
      camera.wrongClock(fault);
      await stream.recorder.untilFrames(25);
      camera.behave();
      const { frames } = stream.recorder;
      for (const [index, frame] of frames.slice(1).entries()) {
        assert.ok(frame.mediaTime > (frames[index]?.mediaTime ?? 0));
        assert.ok(Math.abs(frame.mediaTime - frame.capturedMonotonic) < 6_000);
      }
      await closes(stream);
    }
  });

  it('closes at any moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const stream = await open('h264', { transport: round % 2 === 0 ? 'tcp' : 'udp' });
      if (round > 2) await stream.recorder.untilFrames(round - 2);
      await closes(stream);
    }
    // The server learns of it a moment later.
    while (server.camera('h264').stats.playing > 0) await setImmediate();
  });
});

async function listen(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onConnection(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server.close(), 'close');
    },
  };
}
