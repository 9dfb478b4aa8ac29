import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { dayOfText } from '../../../src/domain/drift/day-part.ts';
import type { ReferenceOrder } from '../../../src/services/cameras/drift-watch.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { call, open, services } from '../../support/gateway/gateway-in-test.ts';

const access = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    'yard-only': { role: 'operator', cameras: ['yard'] },
    'list-1-only': { role: 'operator', watchlists: ['list-1'] },
  });

const path = '/api/cameras/gate/drift';

describe('/api/cameras/:id/drift', () => {
  it('says since which day a camera is blurred', async () => {
    const address = await open({ openOnLoopback: false, access: access() });
    const report = await new NightglassClient({ address, token: 'operator' }).drift('gate', {
      weeks: 4,
    });
    const [change] = report.changes;
    assert.deepEqual(
      [change?.measure, change?.since, change?.before.median, change?.after.count],
      ['sharpness', '2026-11-24', 0.62, 310],
    );
    assert.equal(report.measures[0]?.weeks[0]?.from, '2026-11-16');
    assert.equal(report.reference?.from, '2026-08-26');
  });

  it('shows a token its cameras alone, and no scores to who may see some watchlists', async () => {
    const address = await open({ openOnLoopback: false, access: access() });
    const ask = (token: string, from = path) =>
      call<{ code?: string }>(`${address}${from}`, { token });
    assert.equal((await ask('viewer')).status, 403);
    assert.equal((await ask('yard-only')).status, 404);
    assert.equal((await ask('yard-only', '/api/cameras/yard/drift')).status, 200);
    const set = { token: 'yard-only', method: 'POST', json: {} };
    assert.equal((await call(`${address}${path}/reference`, set)).status, 404);
    const of = (token: string) => new NightglassClient({ address, token }).drift('gate');
    const all = await of('operator');
    const some = await of('list-1-only');
    const measures = (report: typeof all) => report.measures.map(({ measure }) => measure);
    assert.ok(measures(all).includes('strangerScore') && measures(all).includes('confirmedScore'));
    assert.deepEqual(
      measures(some),
      measures(all).filter((measure) => !measure.endsWith('Score')),
    );
    assert.deepEqual(
      some.changes.map(({ measure }) => measure),
      ['sharpness'],
    );
  });

  it('takes a new reference, and refuses what is no day', async (t) => {
    const address = await open({ openOnLoopback: false, access: access() });
    const taken: (ReferenceOrder & { cameraId: string; by: string })[] = [];
    t.mock.method(
      services.drift,
      'setReference',
      (cameraId: string, order: ReferenceOrder, by: { name: string }) => {
        taken.push({ cameraId, ...order, by: by.name });
      },
    );
    const client = new NightglassClient({ address, token: 'operator' });
    await client.setDriftReference('gate', { from: '2026-11-24', note: 'moved' });
    await client.setDriftReference('gate');
    assert.deepEqual(taken, [
      { cameraId: 'gate', from: dayOfText('2026-11-24'), note: 'moved', by: 'operator' },
      { cameraId: 'gate', from: undefined, note: undefined, by: 'operator' },
    ]);
    for (const from of ['2026-13-01', '2026-02-30', 'today', '']) {
      await assert.rejects(client.setDriftReference('gate', { from }), { code: 'BAD_REQUEST' });
    }
    for (const weeks of [0, 58, 1.5]) {
      await assert.rejects(client.drift('gate', { weeks }), { code: 'BAD_REQUEST' });
    }
  });
});
