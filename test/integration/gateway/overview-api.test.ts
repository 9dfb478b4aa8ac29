import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelShadow } from '../../../src/client/nightglass-client.ts';
import { cameraDetailSchema } from '../../../src/gateway/schemas/camera.ts';
import { statisticsSchema } from '../../../src/gateway/schemas/statistics.ts';
import { systemSchema } from '../../../src/gateway/schemas/system.ts';
import type { StatisticsFilter } from '../../../src/store/alert-statistics.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import type { MemoryServices } from '../../support/gateway/memory-services.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { putShadow } from '../../support/gateway/put-shadow.ts';

const access = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    dock: { role: 'operator', cameras: ['loading-dock'], watchlists: ['list-2'] },
    yard: { role: 'operator', cameras: ['yard'], watchlists: ['list-1'] },
  });

/** What is asked of the statistics, from now on. */
function countedBy(services: MemoryServices): StatisticsFilter[] {
  const counted: StatisticsFilter[] = [];
  const { report } = services.statistics;
  Object.assign(services.statistics, {
    report(request: StatisticsFilter) {
      counted.push(request);
      return report(request);
    },
  });
  return counted;
}

describe('statistics', () => {
  it('are of the last 30 days, or of the time asked for', async (t) => {
    const clock = { now: () => 40 * 86_400_000, monotonic: () => 0, after: () => () => undefined };
    const { call, services } = await openGateway(t, { clock });
    const counted = countedBy(services);
    const answer = await call('/api/statistics');
    assert.equal(answer.status, 200);
    statisticsSchema.parse(answer.body);
    await call('/api/statistics?from=5&to=9&camera=gate');
    assert.deepEqual(counted, [
      { from: 10 * 86_400_000, to: 40 * 86_400_000, cameras: '*', watchlists: '*' },
      { from: 5, to: 9, cameras: ['gate'], watchlists: '*' },
    ]);
    for (const query of ['from=9&to=5', 'from=x', 'from=-1', 'by=day']) {
      assert.equal((await call(`/api/statistics?${query}`)).status, 400, query);
    }
  });

  it('count what the token may see alone', async (t) => {
    const { call, services } = await openGateway(t, { access: access(), openOnLoopback: false });
    const counted = countedBy(services);
    assert.equal((await call('/api/statistics', { token: 'viewer' })).status, 403);
    await call('/api/statistics?to=9', { token: 'yard' });
    await call('/api/statistics?to=9&camera=gate&watchlist=list-2', { token: 'yard' });
    assert.deepEqual(
      counted.map(({ cameras, watchlists }) => [cameras, watchlists]),
      [
        [['yard'], ['list-1']],
        [[], []],
      ],
    );
  });
});

describe('system', () => {
  it('tells of models, latencies and the store; of cameras that the token may see', async (t) => {
    const { call, services } = await openGateway(t, { access: access(), openOnLoopback: false });
    services.dropped = ['gate', 'yard'].map((cameraId) => ({ cameraId, reason: 'busy', count: 1 }));
    const all = await call('/api/system', { token: 'viewer' });
    assert.equal(systemSchema.parse(all.body).drops.length, 2);
    const own = await call('/api/system', { token: 'yard' });
    assert.deepEqual(
      systemSchema.parse(own.body).drops.map(({ cameraId }) => cameraId),
      ['yard'],
    );
    assert.equal((await call('/api/system')).status, 401);
  });

  it('shows the card of a model, and of nothing else', async (t) => {
    const { call } = await openGateway(t);
    const card = await call<string>('/api/models/detect-s/card');
    assert.deepEqual([card.status, card.body], [200, '# detect-s\n']);
    assert.match(card.headers.get('content-type') ?? '', /^text\/markdown/);
    assert.equal((await call('/api/models/embed-s/card')).status, 404);
    assert.equal((await call('/api/models/..%2f..%2fpackage.json/card')).status, 400);
  });
});

describe('models on trial', () => {
  it('are shown by lists and cameras that the token may see, and together to unlimited ones', async (t) => {
    const { call, services } = await openGateway(t, { access: access(), openOnLoopback: false });
    type Shown = { shadow: ModelShadow | null };
    const ask = async (token: string) => (await call<Shown>('/api/models/shadow', { token })).body;
    assert.deepEqual(await ask('operator'), { shadow: null });
    services.addList('list-1', { name: 'One' });
    services.addList('list-2', { name: 'Two' });
    putShadow(services.store, ['list-1', 'list-2']);
    const all = (await ask('operator')).shadow;
    assert.deepEqual(
      all?.lists.map(({ watchlistId, tracks }) => [watchlistId, tracks]),
      [
        ['list-1', 36],
        ['list-2', 36],
      ],
    );
    assert.equal(all?.progress?.dropped.busy, 14);
    // Its camera is not among those that were compared: of its list it learns nothing either.
    const limited = (await ask('yard')).shadow;
    assert.deepEqual([limited?.lists, limited?.progress], [[], null]);
    const dock = (await ask('dock')).shadow;
    assert.deepEqual(
      dock?.lists.map(({ cameras, tracks, watchlistId }) => [
        ...[watchlistId, tracks],
        cameras.map(({ cameraId }) => cameraId),
      ]),
      [['list-2', 18, ['loading-dock']]],
    );
    assert.equal((await call('/api/models/shadow', { token: 'viewer' })).status, 403);
  });
});

describe('a camera', () => {
  it('comes with what it showed lately, to whom may see it', async (t) => {
    const { call } = await openGateway(t, { access: access(), openOnLoopback: false });
    const seen = await call('/api/cameras/gate', { token: 'viewer' });
    cameraDetailSchema.parse(seen.body);
    assert.equal((await call('/api/cameras/gate', { token: 'yard' })).status, 404);
    assert.equal((await call('/api/cameras/attic', { token: 'viewer' })).status, 404);
  });
});
