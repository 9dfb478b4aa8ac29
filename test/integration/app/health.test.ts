import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { HealthReport } from '../../../src/services/system/health.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { type Live, startLive, testList } from '../../support/live/start-live.ts';
import { untilState } from '../../support/live/watch-camera.ts';

type Problem = HealthReport['problems'][number];

/** What `/healthz` and the metric say once the problem is there. */
async function untilProblem(live: Live, code: string): Promise<Problem> {
  const { address, services } = live.nightglass;
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const health = (await (await fetch(`${address}/healthz`)).json()) as HealthReport;
    const problem = health.problems.find((each) => each.code === code);
    const isCounted = (await services.metrics()).includes(`nightglass_problems{code="${code}"} 1`);
    if (problem !== undefined && isCounted) {
      assert.equal(health.status, 'degraded');
      return problem;
    }
    await wait(500);
  }
  throw new Error(`${code} is not reported`);
}

describe('health, where a camera is live and yet nothing comes of it', () => {
  it('inference that times out on every call', async () => {
    await using live = await startLive({
      sources: { gate: await testFootage({ width: 1280, height: 960 }) },
      config: { models: { timeout: '1ms' }, detection: { inputSize: 1280 } },
    });
    await untilState(live, 'gate', ['live']);
    const { cameraId, message } = await untilProblem(live, 'INFERENCE_TIMEOUT');
    assert.equal(cameraId, 'gate');
    assert.match(message, /stage detect has failed every time/);
  });

  it('a valid configuration by which every frame is too old', async () => {
    await using live = await startLive({
      sources: { gate: await testFootage() },
      config: { detection: { maxAge: '0ms' } },
    });
    await untilState(live, 'gate', ['live']);
    const { cameraId, message } = await untilProblem(live, 'ANALYSIS_STALLED');
    assert.equal(cameraId, 'gate');
    assert.match(message, /no frame has been analysed .* dropped as stale/);
  });

  it('a list that waits for its review, until that', async () => {
    await using live = await startLive({
      sources: {},
      config: { review: { watchlists: 'required' } },
    });
    const { watchlistId, message } = await untilProblem(live, 'REVIEW_PENDING');
    assert.equal(watchlistId, testList);
    assert.equal(message, `Watchlist ${testList} waits for its review and matches nobody.`);
    const client = new NightglassClient({ address: live.nightglass.address });
    const { review } = await client.watchlist(testList);
    await client.putWatchlistInForce(testList, { revision: review.revision });
    const { problems } = await live.nightglass.services.health();
    assert.ok(problems.every(({ code }) => code !== 'REVIEW_PENDING'));
  });

  it('no camera at all', async () => {
    await using live = await startLive({ sources: {} });
    const { message } = await untilProblem(live, 'CONFIG_IDLE');
    assert.match(message, /no camera is configured/);
  });
});
