import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { QuietScene } from '../../../src/domain/quiet-scene.ts';
import { openCamera } from '../../../src/streams/camera.ts';
import { PacketRing } from '../../../src/streams/clips/packet-ring.ts';
import { RingBudget } from '../../../src/streams/clips/ring-budget.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

describe('ring of a camera at rest', { timeout: 120_000 }, () => {
  it('gets every picture, those that are left undecoded too', async (t) => {
    const server = await createRtspServer({
      cameras: [{ path: 'cam', source: await testFootage() }],
    });
    t.after(() => server.close());
    const ledger = new FrameLedger();
    const quiet = new QuietScene(1_000);
    const held: number[] = [];
    const ring = new PacketRing({
      ...{ cameraId: 'c', hold: 120_000, maxBytes: 2 ** 26, budget: new RingBudget(2 ** 26) },
      onPicture: ({ timestamp, clockRate }) => held.push(timestamp / clockRate),
    });
    const url = server.url('cam');
    const camera = openCamera({ id: 'c', url, ledger, quiet, ring, preview: { enabled: false } });
    t.after(() => camera.close());
    const shown: number[] = [];
    const enough = Promise.withResolvers<void>();
    const resting = () => ledger.drops().find(({ reason }) => reason === 'resting')?.count ?? 0;
    const frames = camera.frames$.subscribe((frame) => {
      quiet.seen(frame.capturedMonotonic, false);
      shown.push(frame.capturedMonotonic);
      frame[Symbol.dispose]();
      if (resting() >= 20) enough.resolve();
    });
    await enough.promise;
    const { length: count } = held;
    // Pictures that rest still are neither shown nor counted.
    assert.ok(count >= shown.length + resting(), `${count} held, ${shown.length} + ${resting()}`);
    const ever = Number.POSITIVE_INFINITY;
    assert.equal(ring.between(0, ever, ever).length, count);
    // None is missing between two others.
    const steps = held.slice(1).map((at, index) => at - (held[index] ?? 0));
    const usual = Math.min(...steps);
    assert.ok(usual > 0 && Math.max(...steps) < 1.5 * usual, `steps of ${steps.join(' ')} s`);
    frames.unsubscribe();
  });
});
