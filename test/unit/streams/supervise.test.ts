// Over 300 lines: one case for each way from one state of a stream to the next.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { CameraStatus } from '../../../src/domain/camera-status.ts';
import { type ErrorCode, NightglassError } from '../../../src/domain/errors.ts';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { type SuperviseOptions, supervise } from '../../../src/streams/supervise.ts';
import type { VideoSink } from '../../../src/streams/video-source.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A source on strings: each attempt waits until the test accepts or refuses it. */
class Puppet {
  readonly clock = new FakeClock();
  readonly ledger = new FrameLedger();
  readonly statuses: CameraStatus[] = [];
  readonly reasons: ErrorCode[] = [];
  attempts = 0;
  closes = 0;
  sink: VideoSink | null = null;
  #settle: { accept(): void; refuse(error: unknown): void } | null = null;

  readonly stream;

  constructor(options: Partial<SuperviseOptions> = {}) {
    this.stream = supervise(
      (sink, signal) => {
        this.attempts += 1;
        this.sink = sink;
        return new Promise((resolve, reject) => {
          const close = async () => {
            this.closes += 1;
          };
          this.#settle = { accept: () => resolve({ close }), refuse: reject };
          signal.addEventListener('abort', () =>
            reject(new NightglassError('STREAM_ENDED', 'aborted')),
          );
        });
      },
      {
        cameraId: 'c',
        clock: this.clock,
        random: () => 0,
        onReconnect: (reason) => this.reasons.push(reason),
        ...options,
      },
    );
    this.stream.status$.subscribe((status) => this.statuses.push(status));
  }

  get states(): string[] {
    return this.statuses.map((status) => status.state);
  }

  async accept(): Promise<void> {
    this.#settle?.accept();
    await setImmediate();
  }

  async refuse(code: ErrorCode, message = 'no'): Promise<void> {
    this.#settle?.refuse(new NightglassError(code, message));
    await setImmediate();
  }

  async refuseWith(error: unknown): Promise<void> {
    this.#settle?.refuse(error);
    await setImmediate();
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await setImmediate();
  }

  frame(): Frame {
    const picture = {
      width: 4,
      height: 2,
      dispose: () => undefined,
    } as unknown as Frame['picture'];
    const frame = Frame.create({
      cameraId: 'c',
      sequence: 0,
      mediaTime: 0,
      capturedAt: 0,
      capturedMonotonic: 0,
      picture,
      ledger: this.ledger,
    });
    this.sink?.onFrame(frame);
    return frame;
  }

  video(width = 4): void {
    this.sink?.onVideo({ codec: 'h264', width, height: 2 }, true);
  }

  async end(code: ErrorCode = 'STREAM_ENDED'): Promise<void> {
    this.sink?.onEnd(new NightglassError(code, 'over'));
    await setImmediate();
  }
}

describe('supervise', () => {
  it('is live with the first frame, not with the connection', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    assert.deepEqual(puppet.states, ['connecting']);
    puppet.video();
    puppet.frame();
    assert.deepEqual(puppet.states, ['connecting', 'live']);
    assert.deepEqual(puppet.stream.status.video, { codec: 'h264', width: 4, height: 2 });
    await puppet.stream.close();
  });

  it('replays the latest status to whoever comes later', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    puppet.frame();
    const seen: string[] = [];
    puppet.stream.status$.subscribe((status) => seen.push(status.state));
    assert.deepEqual(seen, ['live']);
    await puppet.stream.close();
    puppet.stream.status$.subscribe((status) => seen.push(status.state));
    assert.deepEqual(seen, ['live', 'stopped', 'stopped']);
  });

  it('tells a change of resolution', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    puppet.video(4);
    puppet.frame();
    puppet.video(8);
    assert.deepEqual(puppet.states, ['connecting', 'live', 'live']);
    assert.equal(puppet.stream.status.video?.width, 8);
    assert.equal(puppet.statuses[1]?.since, puppet.statuses[2]?.since);
    await puppet.stream.close();
  });

  it('backs off for longer with each failure, up to the cap', async () => {
    const puppet = new Puppet();
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure += 1) {
      await puppet.refuse('STREAM_UNREACHABLE');
      const { state, retryAt = 0 } = puppet.stream.status;
      assert.equal(state, 'backoff');
      waits.push(retryAt - puppet.clock.now());
      await puppet.advance(retryAt - puppet.clock.now() - 1);
      assert.equal(puppet.attempts, failure + 1);
      await puppet.advance(1);
      assert.equal(puppet.attempts, failure + 2);
    }
    assert.deepEqual(waits, [250, 500, 1000, 2000, 2000, 2000]);
    assert.equal(puppet.stream.status.reconnects, 6);
    assert.deepEqual(puppet.reasons, Array(6).fill('STREAM_UNREACHABLE'));
    await puppet.stream.close();
  });

  it('takes jitter off the pause', async () => {
    const puppet = new Puppet({ random: () => 0.5, retry: { jitter: 0.4 } });
    await puppet.refuse('STREAM_UNREACHABLE');
    assert.equal((puppet.stream.status.retryAt ?? 0) - puppet.clock.now(), 200);
    await puppet.stream.close();
  });

  it('counts the time of a slow attempt into the pause', async () => {
    const puppet = new Puppet({ retry: { initialMs: 2_000 } });
    await puppet.advance(1_500);
    await puppet.refuse('STREAM_UNREACHABLE');
    assert.equal((puppet.stream.status.retryAt ?? 0) - puppet.clock.now(), 500);
    await puppet.stream.close();
  });

  it('is quick again after a session that lasted', async () => {
    const puppet = new Puppet();
    for (let failure = 0; failure < 4; failure += 1) {
      await puppet.refuse('STREAM_UNREACHABLE');
      await puppet.advance(2_000);
    }
    await puppet.accept();
    for (let second = 0; second < 6; second += 1) {
      puppet.frame();
      await puppet.advance(1_000);
    }
    await puppet.end();
    assert.equal((puppet.stream.status.retryAt ?? 0) - puppet.clock.now(), 250);
    assert.equal(puppet.stream.status.reason?.code, 'STREAM_ENDED');
    await puppet.stream.close();
  });

  it('does not hurry after sessions that break at once', async () => {
    const puppet = new Puppet();
    const waits: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await puppet.accept();
      puppet.frame();
      await puppet.advance(100);
      await puppet.end();
      const wait = (puppet.stream.status.retryAt ?? 0) - puppet.clock.now();
      waits.push(wait);
      await puppet.advance(wait);
    }
    assert.deepEqual(waits, [250, 500, 1000]);
    await puppet.stream.close();
  });

  it('notices silence, says so and connects anew', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    puppet.frame();
    await puppet.advance(4_000);
    puppet.frame();
    await puppet.advance(9_999);
    assert.equal(puppet.closes, 0);
    await puppet.advance(1);
    assert.equal(puppet.closes, 1);
    const turns = puppet.states.filter((state, index) => state !== puppet.states[index - 1]);
    assert.deepEqual(turns, ['connecting', 'live', 'stalled', 'backoff']);
    assert.equal(puppet.stream.status.reason?.code, 'STREAM_STALLED');
    await puppet.advance(250);
    assert.equal(puppet.attempts, 2);
    await puppet.stream.close();
  });

  it('notices a stream that connects and never gives a frame', async () => {
    const puppet = new Puppet({ silenceMs: 1_000 });
    await puppet.accept();
    await puppet.advance(1_000);
    assert.deepEqual(puppet.states, ['connecting', 'stalled', 'backoff']);
    await puppet.stream.close();
  });

  it('waits for a picture while packets arrive, and names what was odd', async () => {
    const puppet = new Puppet({ silenceMs: 1_000, firstPictureMs: 3_000 });
    await puppet.accept();
    for (let step = 0; step < 5; step += 1) {
      puppet.sink?.notes?.packet(100);
      puppet.sink?.notes?.count('numbers_jump', 17);
      puppet.sink?.onLife?.();
      await puppet.advance(500);
    }
    assert.equal(puppet.stream.status.state, 'connecting');
    puppet.sink?.onLife?.();
    await puppet.advance(500);
    assert.deepEqual(puppet.states.at(-1), 'backoff');
    const { reason } = puppet.stream.status;
    assert.equal(reason?.code, 'STREAM_STALLED');
    assert.match(reason?.message ?? '', /no picture for 3 s .*numbers jump: 28 a second/);
    await puppet.stream.close();
  });

  it('says how the stream comes and what is odd in it', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    puppet.sink?.onWay?.({ client: 'own', transport: 'udp' });
    puppet.frame();
    puppet.sink?.notes?.packet(1_000);
    puppet.sink?.notes?.count('foreign_packet', 4);
    await puppet.advance(2_000);
    assert.deepEqual(puppet.stream.status.stream, {
      client: 'own',
      transport: 'udp',
      bytesPerSecond: 500,
      packetsPerSecond: 1,
      notes: { foreign_packet: 2 },
      noted: { foreign_packet: 4 },
    });
    await puppet.stream.close();
  });

  it('says while it waits why there is no picture yet', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    puppet.sink?.onWay?.({ client: 'own', transport: 'tcp' });
    for (let packet = 0; packet < 100; packet += 1) {
      puppet.sink?.notes?.packet(1_000);
      puppet.sink?.onLife?.();
    }
    puppet.sink?.notes?.count('no_key_picture', 20);
    await puppet.advance(2_000);
    const { state, reason } = puppet.stream.status;
    assert.equal(state, 'connecting');
    assert.match(reason?.message ?? '', /50 packets a second .*before the first key picture: 10/);
    puppet.frame();
    assert.equal(puppet.stream.status.reason, undefined);
    await puppet.stream.close();
  });

  it('gives up an attempt that never ends', async () => {
    const puppet = new Puppet({ connectMs: 3_000 });
    await puppet.advance(3_000);
    assert.deepEqual(puppet.states, ['connecting', 'backoff']);
    assert.equal(puppet.stream.status.reason?.code, 'STREAM_UNREACHABLE');
    await puppet.stream.close();
  });

  it('retries refused credentials slowly, in a state of its own', async () => {
    const puppet = new Puppet();
    await puppet.refuse('STREAM_UNAUTHORIZED');
    assert.equal(puppet.stream.status.state, 'unauthorized');
    await puppet.advance(59_999);
    assert.equal(puppet.attempts, 1);
    await puppet.advance(1);
    assert.equal(puppet.attempts, 2);
    assert.equal(puppet.stream.status.state, 'connecting');
    await puppet.stream.close();
  });

  it('is failed, with slow retries, where only a change of set-up helps', async () => {
    const puppet = new Puppet();
    await puppet.refuse('STREAM_UNSUPPORTED');
    assert.equal(puppet.stream.status.state, 'failed');
    await puppet.advance(60_000);
    assert.equal(puppet.attempts, 2);
    await puppet.stream.close();
  });

  it('survives a fault of the source, logged', async () => {
    const errors: unknown[] = [];
    const quiet = () => undefined;
    const log = {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (details: object) => errors.push(details),
    };
    const puppet = new Puppet({ log });
    await puppet.refuseWith(new TypeError('bug'));
    assert.equal(puppet.stream.status.state, 'backoff');
    assert.equal(errors.length, 1);
    await puppet.stream.close();
  });

  it('reports the frame rate while it is live', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    for (let frame = 0; frame <= 40; frame += 1) {
      puppet.frame();
      await puppet.advance(100);
    }
    assert.equal(puppet.stream.status.framesPerSecond, 10);
    // On going live, then once for each new rate.
    assert.equal(puppet.states.filter((state) => state === 'live').length, 3);
    await puppet.stream.close();
  });

  it('releases frames while nobody subscribes, and hands them to the one who does', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    assert.ok(puppet.frame().disposed);
    const got: Frame[] = [];
    const subscription = puppet.stream.frames$.subscribe((frame) => got.push(frame));
    const frame = puppet.frame();
    assert.deepEqual([got[0], frame.disposed], [frame, false]);
    frame[Symbol.dispose]();
    subscription.unsubscribe();
    assert.ok(puppet.frame().disposed);
    assert.equal(puppet.ledger.live, 0);
    await puppet.stream.close();
  });

  it('gives frames to one owner only', async () => {
    const puppet = new Puppet();
    const first = puppet.stream.frames$.subscribe();
    let refusal: unknown;
    puppet.stream.frames$.subscribe({ error: (error) => (refusal = error) });
    assert.ok(refusal instanceof TypeError);
    first.unsubscribe();
    refusal = undefined;
    puppet.stream.frames$.subscribe({ error: (error) => (refusal = error) }).unsubscribe();
    assert.equal(refusal, undefined);
    await puppet.stream.close();
  });

  it('releases what a session says after its end', async () => {
    const puppet = new Puppet();
    await puppet.accept();
    const { sink } = puppet;
    await puppet.end();
    const late = puppet.frame();
    assert.ok(late.disposed);
    sink?.onEnd(new NightglassError('STREAM_ENDED', 'again'));
    assert.equal(puppet.stream.status.state, 'backoff');
    assert.equal(puppet.stream.status.reconnects, 1);
    await puppet.stream.close();
  });

  for (const [name, prepare] of Object.entries({
    'while connecting': async () => undefined,
    'while live': async (puppet: Puppet) => {
      await puppet.accept();
      puppet.frame();
    },
    'while waiting': (puppet: Puppet) => puppet.refuse('STREAM_UNREACHABLE'),
  })) {
    it(`closes ${name}`, async () => {
      const puppet = new Puppet();
      let completed = 0;
      puppet.stream.frames$.subscribe({ complete: () => (completed += 1) });
      puppet.stream.status$.subscribe({ complete: () => (completed += 1) });
      await prepare(puppet);
      await Promise.all([puppet.stream.close(), puppet.stream.close()]);
      assert.equal(puppet.stream.status.state, 'stopped');
      assert.equal(completed, 2);
      assert.equal(puppet.closes, name === 'while live' ? 1 : 0);
      assert.equal(puppet.clock.pending, 0);
    });
  }
});
