import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { type Live, startLive, testPassword } from '../../support/live/start-live.ts';
import { untilFrames, untilState } from '../../support/live/watch-camera.ts';

describe('a camera that misbehaves', () => {
  let live: Live;
  let small: EncodedSource;
  let other: EncodedSource;

  before(async () => {
    small = await testFootage();
    other = await testFootage({ width: 320, height: 192 });
    live = await startLive({ sources: { faulty: small, steady: small } });
    await untilFrames(live, 'steady');
  });
  after(() => live?.[Symbol.asyncDispose]());

  // Whatever one camera does, the other goes on and the process lives.
  const steadyGoesOn = () => untilFrames(live, 'steady', 5);

  it('gone and back: frames again within 3 s of its return', async () => {
    await untilFrames(live, 'faulty');
    const camera = live.server.camera('faulty');
    camera.offline({ reset: true });
    await untilState(live, 'faulty', ['backoff', 'connecting']);
    await steadyGoesOn();
    camera.online();
    const took = await untilFrames(live, 'faulty', 1, 10_000);
    assert.ok(took < 3000, `frames came back after ${Math.round(took)} ms`);
  });

  it('cut off in mid-stream: connects anew by itself', async () => {
    await untilFrames(live, 'faulty');
    live.server.camera('faulty').disconnect();
    await untilFrames(live, 'faulty', 30);
    const view = (await live.nightglass.services.cameras.list()).find(({ id }) => id === 'faulty');
    assert.ok((view?.status.reconnects ?? 0) >= 1);
  });

  it('stalls: seen as such, and live again when media goes on', async () => {
    const camera = live.server.camera('faulty');
    await untilState(live, 'faulty', ['live']);
    camera.stall();
    await untilState(live, 'faulty', ['stalled', 'backoff', 'connecting']);
    await steadyGoesOn();
    camera.resume();
    await untilFrames(live, 'faulty', 5);
    await untilState(live, 'faulty', ['live']);
  });

  for (const fault of ['garbage', 'truncate'] as const) {
    it(`sends ${fault === 'garbage' ? 'garbage' : 'truncated units'}: recovers by itself`, async () => {
      const camera = live.server.camera('faulty');
      await untilFrames(live, 'faulty');
      camera[fault]({ rate: 0.8 });
      await steadyGoesOn();
      await steadyGoesOn();
      camera.behave();
      await untilFrames(live, 'faulty', 10);
    });
  }

  it('changes its resolution: frames of the new size', async () => {
    const camera = live.server.camera('faulty');
    await untilState(live, 'faulty', ['live']);
    camera.changeResolution(other);
    await untilFrames(live, 'faulty', 60);
    const view = (await live.nightglass.services.cameras.list()).find(({ id }) => id === 'faulty');
    assert.deepEqual(
      [view?.status.video?.width, view?.status.video?.height],
      [other.width, other.height],
    );
    camera.changeResolution(small);
    await untilFrames(live, 'faulty', 60);
  });

  it('refuses the credentials: a state of its own, named without quoting them', async () => {
    const camera = live.server.camera('faulty');
    camera.refuse();
    camera.disconnect();
    const status = await untilState(live, 'faulty', ['unauthorized']);
    assert.equal(status.reason?.code, 'STREAM_UNAUTHORIZED');
    assert.ok((status.retryAt ?? 0) > Date.now());
    assert.doesNotMatch(JSON.stringify(status), new RegExp(testPassword));
    await steadyGoesOn();
    camera.behave();
  });

  it('is an address where nobody answers: keeps trying, says so', async () => {
    live.reconfigure((raw) => {
      const cameras = raw['cameras'] as Record<string, unknown>[];
      raw['cameras'] = [
        ...cameras.filter(({ id }) => id !== 'faulty'),
        { id: 'nowhere', url: 'rtsp://127.0.0.1:9/none' },
      ];
    });
    const { added, changed, removed } = await live.nightglass.reload();
    assert.deepEqual(
      { added, changed, removed },
      {
        ...{ added: ['nowhere'], changed: [], removed: ['faulty'] },
      },
    );
    const status = await untilState(live, 'nowhere', ['backoff']);
    assert.equal(status.reason?.code, 'STREAM_UNREACHABLE');
    await steadyGoesOn();
  });

  it('leaves no frame behind', async () => {
    await live.nightglass.close();
    assert.equal(live.nightglass.ledger.live, 0);
  });
});
