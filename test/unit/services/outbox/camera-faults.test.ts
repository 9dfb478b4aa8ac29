import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { CameraFault } from '../../../../src/domain/outbox/notice.ts';
import { CameraFaults } from '../../../../src/services/outbox/camera-faults.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

const stalled = { cameraId: 'gate', code: 'STREAM_STALLED', message: 'No frames.' };

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const told: CameraFault[] = [];
  const outbox = { cameraChanged: (fault: CameraFault) => void told.push(fault) };
  const watch = () => {
    const faults = new CameraFaults(store, outbox, clock);
    return (seconds: number, problems = [stalled]) => {
      for (let at = 0; at < seconds; at += 5) {
        faults.observe(problems);
        clock.advance(5_000);
      }
    };
  };
  return { store, clock, told, watch };
}

describe('CameraFaults', () => {
  it('tells of a fault that lasts, once, and of its end', (t) => {
    const { clock, told, watch } = setUp(t);
    const began = clock.now();
    const see = watch();
    see(30);
    assert.deepEqual(told, []);
    see(3_600);
    see(30, []);
    assert.deepEqual(told, [{ ...stalled, state: 'begun', since: began, at: began + 30_000 }]);
    see(10, []);
    assert.deepEqual(told[1], {
      ...stalled,
      state: 'ended',
      since: began,
      at: clock.now() - 10_000,
    });
    assert.equal(told.length, 2);
  });

  it('takes a camera that comes and goes for one fault', (t) => {
    const { told, watch } = setUp(t);
    const see = watch();
    see(60);
    for (let turn = 0; turn < 20; turn += 1) {
      see(20, []);
      see(20);
    }
    assert.deepEqual(
      told.map(({ state }) => state),
      ['begun'],
    );
  });

  it('says nothing of what passes', (t) => {
    const { told, watch } = setUp(t);
    const see = watch();
    for (let turn = 0; turn < 20; turn += 1) {
      see(20);
      see(10, []);
    }
    assert.deepEqual(told, []);
  });

  it('knows after a restart what it told before', (t) => {
    const { told, watch } = setUp(t);
    watch()(60);
    const see = watch();
    see(60);
    see(60, []);
    assert.deepEqual(
      told.map(({ state }) => state),
      ['begun', 'ended'],
    );
  });

  it('waits with what the folder does not take', (t) => {
    const { store, told, watch } = setUp(t);
    const message = 'x'.repeat(1_000_000);
    const restore = fillDisk(store);
    const see = watch();
    see(60, [{ ...stalled, message }]);
    assert.deepEqual(told, []);
    restore();
    see(10, [{ ...stalled, message }]);
    assert.equal(told.length, 1);
  });
});
