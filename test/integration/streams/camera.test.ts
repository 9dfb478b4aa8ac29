// Over 300 lines: one camera against every misbehaviour that it must survive.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { filter, firstValueFrom, Observable, take, timeout, toArray } from 'rxjs';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import type { CameraState, CameraStatus } from '../../../src/domain/camera-status.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { type Camera, type CameraOptions, openCamera } from '../../../src/streams/camera.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

const password = 'a-secret-9321';
const limit = 20_000;

describe('camera', { timeout: 180_000 }, () => {
  let footage: Awaited<ReturnType<typeof testFootage>>;
  let other: typeof footage;
  let server: RtspServer;
  let ledger: FrameLedger;
  let camera: Camera;
  const said: string[] = [];
  const log = Object.fromEntries(
    ['debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (details: object, message: string) =>
        said.push(`${message} ${inspect(details, { depth: 9 })}`),
    ]),
  ) as unknown as NonNullable<CameraOptions['log']>;

  before(async () => {
    process.env['CAMERA_PASSWORD'] = password;
    [footage, other] = await Promise.all([testFootage(), testFootage({ width: 128, height: 96 })]);
  });
  beforeEach(async () => {
    server = await createRtspServer({
      cameras: [
        { path: 'cam', source: footage, username: 'op', password },
        { path: 'sub', source: other, username: 'op', password },
      ],
    });
    ledger = new FrameLedger();
    said.length = 0;
  });
  afterEach(async () => {
    await camera.close();
    await server.close();
    assert.equal(ledger.live, 0);
    assert.ok(!said.join('\n').includes(password), 'the log holds no password');
  });
  after(() => {
    delete process.env['CAMERA_PASSWORD'];
    assert.deepEqual(children('mpeg1video'), []);
  });

  const open = (options: Partial<CameraOptions> = {}) => {
    const url = server.url('cam');
    camera = openCamera({ id: 'c', url, username: 'op', password, ledger, log, ...options });
    return camera;
  };
  const reaches = (state: CameraState): Promise<CameraStatus> =>
    firstValueFrom(
      camera.status$.pipe(
        filter((status) => status.state === state),
        timeout(limit),
      ),
    );
  const frames = async (count: number) => {
    const sizes = await firstValueFrom(
      released(camera.frames$).pipe(take(count), toArray(), timeout(limit)),
    );
    return sizes.at(-1);
  };

  it('plays, tells its video and stops', async () => {
    open();
    assert.equal(await frames(5), '192x128');
    const { video } = await reaches('live');
    assert.deepEqual(video, { codec: 'h264', width: 192, height: 128, decoder: 'software' });
    await Promise.all([camera.close(), camera.close()]);
    assert.equal(camera.status.state, 'stopped');
  });

  it('comes back within 3 s when the camera does', async () => {
    open();
    await frames(2);
    await server.stopListening();
    await reaches('backoff');
    // Long enough for the pauses to reach their cap.
    await firstValueFrom(
      camera.status$.pipe(
        filter(({ reconnects }) => reconnects >= 6),
        timeout(limit),
      ),
    );
    const returned = performance.now();
    await server.startListening();
    await frames(1);
    assert.ok(performance.now() - returned < 3_000, `took ${performance.now() - returned} ms`);
    assert.ok(camera.status.reconnects > 0);
  });

  it('survives a stall', async () => {
    open({ limits: { silenceMs: 500 } });
    await frames(2);
    server.camera('cam').stall();
    const { reason } = await reaches('stalled');
    assert.equal(reason?.code, 'STREAM_STALLED');
    server.camera('cam').resume();
    await reaches('live');
    await frames(2);
  });

  it('survives a camera that says goodbye, one that breaks off and one that hangs', async () => {
    open({ limits: { answerMs: 300 } });
    await frames(2);
    server.camera('cam').disconnect({ goodbye: true });
    await reaches('backoff');
    await frames(2);
    server.camera('cam').hang();
    server.camera('cam').disconnect();
    const hanging = await firstValueFrom(
      camera.status$.pipe(
        filter(({ reason }) => reason?.code === 'STREAM_UNREACHABLE'),
        timeout(limit),
      ),
    );
    assert.match(hanging.reason?.message ?? '', /no answer/);
    server.camera('cam').behave();
    await frames(2);
  });

  it('follows a change of resolution and of codec', async () => {
    open();
    await frames(2);
    server.camera('cam').changeResolution(other);
    await firstValueFrom(
      camera.status$.pipe(
        filter((status) => status.video?.width === 128),
        timeout(limit),
      ),
    );
    server.camera('cam').changeResolution(await testFootage({ codec: 'h265' }));
    await firstValueFrom(
      camera.status$.pipe(
        filter((status) => status.video?.codec === 'hevc'),
        timeout(limit),
      ),
    );
    assert.equal(await frames(2), '192x128');
  });

  it('treats refused credentials as a state of its own and tells them to nobody', async () => {
    const wrong = 'wrong-secret-4711';
    open({ password: wrong });
    const status = await reaches('unauthorized');
    assert.equal(status.reason?.code, 'STREAM_UNAUTHORIZED');
    assert.ok((status.retryAt ?? 0) > Date.now() + 30_000);
    const words = `${inspect(camera, { depth: 9, showHidden: true })} ${said.join('\n')} ${inspect(status)}`;
    assert.ok(!words.includes(wrong));
  });

  it('shows the preview from the one pull, to several watchers, and costs nothing after', async () => {
    open();
    await frames(2);
    const first = watch(camera);
    await first.bytes(20_000);
    assert.equal(server.camera('cam').stats.sessions, 1);
    const [child] = children('mpeg1video');
    assert.ok(child, 'an encoder runs');
    assert.ok(!child.includes(password) && !child.includes('rtsp:'), child);
    assert.ok(!environments('mpeg1video').join().includes(password), 'no secret is handed on');
    const second = watch(camera);
    assert.ok(second.received.length > 0, 'the second starts at once, with a key picture');
    await second.bytes(20_000);
    for (const { received } of [first, second]) {
      assert.equal(received.length % 188, 0);
      for (let at = 0; at < received.length; at += 188) assert.equal(received[at], 0x47);
      assert.ok(received.includes(Buffer.from('000001b3', 'hex')), 'an MPEG-1 sequence');
    }
    assert.deepEqual([camera.preview?.size?.width, camera.preview?.watchers], [192, 2]);
    first.stop();
    first.stop();
    second.stop();
    await until(() => children('mpeg1video').length === 0, 'the encoder to end');
    const again = watch(camera);
    await again.bytes(1_000);
    await camera.close();
    assert.deepEqual(again.ends, [undefined]);
    assert.deepEqual(children('mpeg1video'), []);
  });

  it('keeps the preview going over a lost camera and a new resolution', async () => {
    open();
    const viewer = watch(camera);
    await viewer.bytes(5_000);
    server.camera('cam').disconnect();
    await reaches('backoff');
    await reaches('live');
    await viewer.bytes(viewer.received.length + 5_000);
    server.camera('cam').changeResolution(other);
    // 128x96 in the head of an MPEG-1 sequence.
    await until(
      () => viewer.received.includes(Buffer.from('000001b3080060', 'hex')),
      'the new size',
    );
    assert.deepEqual(viewer.ends, []);
  });

  it('turns the picture for the analysis and the preview alike', async () => {
    open({ view: { rotate: 90, mirror: false, masks: [] } });
    assert.equal(await frames(2), '128x192');
    const viewer = watch(camera);
    await viewer.bytes(5_000);
    // 128x192 in the head of an MPEG-1 sequence.
    assert.ok(viewer.received.includes(Buffer.from('000001b30800c0', 'hex')));
    assert.equal(camera.preview?.size?.height, 192);
  });

  it('pulls a sub stream for the preview only while it is watched', async () => {
    open({ previewUrl: server.url('sub') });
    await frames(2);
    assert.equal(server.camera('sub').stats.sessions, 0);
    const viewer = watch(camera);
    await viewer.bytes(5_000);
    assert.equal(server.camera('sub').stats.sessions, 1);
    assert.equal(camera.preview?.size?.width, 128);
    viewer.stop();
    await until(() => server.camera('sub').stats.sessions === 0, 'the sub stream to end');
  });

  it('says when there is no such encoder, and analyses on', async () => {
    open({ preview: { ffmpeg: '/nowhere/ffmpeg' } });
    assert.throws(() => watch(camera), { code: 'PREVIEW_UNAVAILABLE' });
    await frames(2);
  });

  it('gives the preview up when the encoder keeps failing', async () => {
    open({ preview: { ffmpeg: '/bin/false' } });
    const viewer = watch(camera);
    await until(() => viewer.ends.length > 0, 'the end of the preview');
    assert.equal((viewer.ends[0] as { code?: string }).code, 'PREVIEW_UNAVAILABLE');
    await frames(2);
  });

  it('has no preview when it is switched off', () => {
    assert.equal(open({ preview: { enabled: false } }).preview, null);
  });
});

/** Sizes of the frames, each released at once. */
function released(frames$: Camera['frames$']): Observable<string> {
  return new Observable((subscriber) =>
    frames$.subscribe({
      next(frame) {
        const size = `${frame.width}x${frame.height}`;
        frame[Symbol.dispose]();
        subscriber.next(size);
      },
      complete: () => subscriber.complete(),
      error: (error) => subscriber.error(error),
    }),
  );
}

function watch(camera: Camera) {
  let received = Buffer.alloc(0);
  const ends: unknown[] = [];
  assert.ok(camera.preview);
  const stop = camera.preview.watch(
    (chunk) => {
      received = Buffer.concat([received, chunk]);
    },
    (error) => ends.push(error),
  );
  return {
    stop,
    ends,
    get received() {
      return received;
    },
    bytes: (count: number) => until(() => received.length >= count, `${count} bytes of preview`),
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > limit) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Command lines of this process's children that hold `name`. */
function children(name: string): string[] {
  return childFiles(name, 'cmdline');
}

/** Their environments. */
function environments(name: string): string[] {
  return childFiles(name, 'environ');
}

function childFiles(name: string, file: 'cmdline' | 'environ'): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const parent = / \(.*\) \w (\d+)/s.exec(
          ` ${readFileSync(`/proc/${entry}/stat`, 'latin1')}`,
        )?.[1];
        const command = readFileSync(`/proc/${entry}/cmdline`, 'latin1').replaceAll('\0', ' ');
        if (Number(parent) !== process.pid || !command.includes(name)) return [];
        return [readFileSync(`/proc/${entry}/${file}`, 'latin1').replaceAll('\0', ' ')];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}
