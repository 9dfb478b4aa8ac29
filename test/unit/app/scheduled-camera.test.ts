import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BehaviorSubject, Subject } from 'rxjs';
import type { OpenCamera } from '../../../src/app/camera-set.ts';
import { scheduledCamera } from '../../../src/app/scheduled-camera.ts';
import type { CameraStatus } from '../../../src/domain/camera-status.ts';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakePicture } from '../../support/marbles-picture.ts';

const nine = Date.parse('2026-11-27T08:00:00Z');

/** A camera that is on from nine to ten in Berlin, at half past eight. */
function setUp({ connected = false } = {}) {
  const clock = new FakeClock(nine - 30 * 60_000);
  const ledger = new FrameLedger();
  const seen: string[] = [];
  const got: Frame[] = [];
  let opened = 0;
  let closed = 0;
  let frames = new Subject<Frame>();
  const status: CameraStatus = { cameraId: 'gate', state: 'live', since: 1, reconnects: 0 };
  const open = (): Omit<OpenCamera, 'reschedule'> => {
    opened += 1;
    frames = new Subject();
    return {
      frames$: frames,
      status$: new BehaviorSubject(status),
      preview: { watch: () => () => undefined, watchCoded: () => () => undefined },
      async close() {
        closed += 1;
        frames.complete();
      },
    };
  };
  const camera = scheduledCamera({
    id: 'gate',
    clock,
    hasPreview: true,
    open,
    schedule: {
      timeZone: 'Europe/Berlin',
      times: [{ days: ['fri'], from: 540, to: 600 }],
      connected,
    },
  });
  camera.status$.subscribe(({ state }) => seen.push(state));
  camera.frames$.subscribe((frame) => got.push(frame));
  const deliver = (): Frame => {
    const frame = Frame.create({
      cameraId: 'gate',
      sequence: 0,
      mediaTime: 0,
      capturedAt: 0,
      capturedMonotonic: 0,
      picture: new FakePicture({
        width: 4,
        height: 4,
        answer: async (value) => value,
        onFault: assert.fail,
      }),
      ledger,
    });
    frames.next(frame);
    return frame;
  };
  const advance = async (minutes: number) => {
    for (let at = 0; at < minutes; at += 1) clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { camera, ledger, seen, got, deliver, advance, counts: () => ({ opened, closed }) };
}

describe('a camera with a schedule', () => {
  it('is not connected at other times, and says so', async () => {
    const { camera, seen, got, deliver, advance, counts } = setUp();
    await advance(0);
    assert.deepEqual(counts(), { opened: 0, closed: 0 });
    assert.throws(
      () =>
        camera.preview?.watch(
          () => undefined,
          () => undefined,
        ),
      {
        code: 'PREVIEW_UNAVAILABLE',
      },
    );
    await advance(31);
    assert.deepEqual(counts(), { opened: 1, closed: 0 });
    const frame = deliver();
    assert.deepEqual(got, [frame]);
    frame[Symbol.dispose]();
    camera.preview?.watch(
      () => undefined,
      () => undefined,
    )();
    await advance(61);
    assert.deepEqual(counts(), { opened: 1, closed: 1 });
    assert.deepEqual([...new Set(seen)], ['scheduled_off', 'live']);
    assert.equal(seen.at(-1), 'scheduled_off');
    await camera.close();
  });

  it('stays connected where that is chosen, and counts what it does not analyse', async () => {
    const { camera, ledger, seen, got, deliver, advance, counts } = setUp({ connected: true });
    await advance(0);
    assert.deepEqual(counts(), { opened: 1, closed: 0 });
    deliver();
    assert.deepEqual(got, []);
    assert.deepEqual(ledger.drops(), [{ cameraId: 'gate', reason: 'schedule', count: 1 }]);
    assert.equal(seen.at(-1), 'scheduled_off');
    await advance(31);
    assert.equal(seen.at(-1), 'live');
    deliver()[Symbol.dispose]();
    assert.equal(got.length, 1);
    await advance(61);
    assert.deepEqual(counts(), { opened: 1, closed: 0 });
    await camera.close();
    assert.equal(ledger.live, 0);
  });

  it('takes over other times while it runs', async () => {
    const { camera, ledger, seen, got, deliver, advance, counts } = setUp();
    assert.equal(seen.at(-1), 'scheduled_off');
    camera.reschedule(null);
    assert.equal(seen.at(-1), 'live');
    deliver()[Symbol.dispose]();
    assert.equal(got.length, 1);
    const otherwise = { timeZone: 'Europe/Berlin', times: [], connected: true };
    camera.reschedule(otherwise);
    assert.equal(seen.at(-1), 'scheduled_off');
    deliver();
    assert.equal(got.length, 1);
    assert.equal(ledger.drops()[0]?.reason, 'schedule');
    await advance(120);
    assert.deepEqual(counts(), { opened: 1, closed: 0 });
    camera.reschedule({ ...otherwise, connected: false });
    await advance(1);
    assert.deepEqual(counts(), { opened: 1, closed: 1 });
    camera.reschedule({
      ...otherwise,
      times: [{ days: ['fri'], from: 11 * 60, to: 12 * 60 }],
    });
    assert.equal(seen.at(-1), 'scheduled_off');
    await advance(30);
    assert.equal(seen.at(-1), 'live');
    assert.deepEqual(counts(), { opened: 2, closed: 1 });
    await camera.close();
    assert.equal(ledger.live, 0);
  });

  it('opens once where it is switched on while it closes', async () => {
    const { camera, advance, counts } = setUp();
    const off = { timeZone: 'Europe/Berlin', times: [], connected: false };
    camera.reschedule(null);
    camera.reschedule(off);
    camera.reschedule(null);
    assert.deepEqual(counts(), { opened: 1, closed: 1 });
    await advance(0);
    assert.deepEqual(counts(), { opened: 2, closed: 1 });
    camera.reschedule(off);
    camera.reschedule(null);
    camera.reschedule(off);
    await advance(0);
    assert.deepEqual(counts(), { opened: 2, closed: 2 });
    await camera.close();
    assert.deepEqual(counts(), { opened: 2, closed: 2 });
  });

  it('ends its frames when it is closed, in any state', async () => {
    for (const minutes of [0, 31]) {
      const { camera, advance, counts } = setUp();
      await advance(minutes);
      let ended = false;
      camera.frames$.subscribe({ complete: () => (ended = true) });
      await camera.close();
      await camera.close();
      assert.equal(ended, true);
      await advance(60);
      const { opened, closed } = counts();
      assert.equal(opened, closed);
    }
  });
});
