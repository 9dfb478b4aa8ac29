import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WorkerHost } from '../../../src/inference/worker-host.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function hostOf(clock: FakeClock, onReady: () => void = () => undefined): WorkerHost {
  return new WorkerHost({
    name: 'w',
    setup: {
      models: {},
      denoisers: [],
      providers: ['cpu'],
      precision: 'auto',
      threads: 1,
      regionSides: [],
      detectWidth: 64,
      detectHeight: 64,
      warmUp: false,
      yields: false,
    },
    clock,
    log: silent,
    startLimit: 5000,
    onReady,
    onLost: () => undefined,
    onReply: () => undefined,
    onRestart: () => undefined,
  });
}

describe('a worker that does not come up', () => {
  it('fails the first start', async () => {
    const clock = new FakeClock();
    const host = hostOf(clock);
    const starting = host.start();
    clock.advance(5000);
    await assert.rejects(starting, {
      code: 'INFERENCE_WORKER_LOST',
      message: /Cannot start the inference worker w: it did not start within 5 s/,
    });
    assert.equal(host.status.state, 'closed');
    await host.close();
  });

  it('is given up when started again, and tried once more', async () => {
    const clock = new FakeClock();
    let ready = Promise.withResolvers<void>();
    const host = hostOf(clock, () => ready.resolve());
    await host.start();
    assert.equal(clock.pending, 0, 'a worker that is up has no limit any more');
    host.abandon('a test');
    clock.advance(100);
    assert.equal(host.status.state, 'starting');
    clock.advance(5000);
    assert.equal(host.status.state, 'backoff');
    assert.match(String(host.status.lastError), /did not start within 5 s/);
    ready = Promise.withResolvers<void>();
    clock.advance(200);
    await ready.promise;
    assert.equal(host.status.state, 'ready');
    assert.equal(host.status.restarts, 2);
    const closing = host.close();
    clock.advance(2000);
    await closing;
  });
});
