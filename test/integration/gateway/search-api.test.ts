import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { searchSchema } from '../../../src/gateway/schemas/search.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const reason = 'File 12/2026: who is this';
const { id: alertId } = sampleAlert(1);

async function setUp(t: Parameters<typeof openGateway>[0], access?: FakeAccess) {
  const opened = await openGateway(t, access && { access, openOnLoopback: false });
  opened.services.pictures.set('face', new Uint8Array([7, 7]));
  opened.services.raise({ change: 'created', alert: sampleAlert(1) });
  for (const name of ['a', 'b']) {
    opened.services.watchlists.create(
      {
        name,
        purpose: 'p',
        legalBasis: 'l',
        authorisation: 'a',
        owner: 'o',
        cameras: ['gate'],
      },
      systemActor,
    );
  }
  return opened;
}

describe('search', () => {
  it('takes an uploaded picture, or one of an alert, with a reason that is kept', async (t) => {
    const { call, services } = await setUp(t);
    const uploaded = await call('/api/search', { form: imageForm(1, { reason, limit: '3' }) });
    assert.equal(uploaded.status, 200);
    searchSchema.parse(uploaded.body);
    const picked = await call('/api/search', { json: { alertId, reason } });
    assert.equal(picked.status, 200);
    assert.deepEqual(services.uploads[1]?.bytes, new Uint8Array([7, 7]));
    assert.deepEqual(
      services.audited.map(({ what, detail }) => [what, detail?.['reason'], detail?.['alert']]),
      [
        ['search.run', reason, undefined],
        ['search.run', reason, alertId],
      ],
    );
    assert.equal(services.audited[1]?.detail?.['lists'], 'list-1,list-2');
  });

  it('asks for one picture and a reason of 3 to 1000 characters', async (t) => {
    const { call, services } = await setUp(t);
    const refused: Parameters<typeof call>[1][] = [
      { json: { alertId } },
      { json: { alertId, reason: 'a ' } },
      { json: { alertId, reason: 'x'.repeat(1001) } },
      { json: { reason } },
      { json: { alertId, reason, kind: 'enhanced' } },
      { form: imageForm(2, { reason }) },
      { form: imageForm(0, { reason }) },
      { form: imageForm(1, { reason, alertId }) },
      { form: imageForm(1, { reason, limit: '51' }) },
    ];
    for (const [index, asked] of refused.entries()) {
      assert.equal((await call('/api/search', asked)).status, 400, `refused ${index}`);
    }
    assert.equal((await call('/api/search', { json: { alertId: 'x', reason } })).status, 404);
    const none = { alertId, reason, kind: 'best-4' };
    assert.equal((await call('/api/search', { json: none })).status, 404);
    assert.deepEqual([services.uploads.length, services.audited.length], [0, 0]);
  });

  it('gives no second reviewer the scores that are kept back', async (t) => {
    const { call, services } = await openGateway(t);
    services.addList('list-1', { twoPersonReview: true });
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const { status } = await call('/api/search', { json: { alertId, reason } });
    assert.equal(status, 403);
    assert.equal(services.uploads.length, 0);
  });

  it('reaches no further than the token', async (t) => {
    const access = new FakeAccess({
      one: { role: 'reviewer', watchlists: ['list-1'] },
      yard: { role: 'reviewer', cameras: ['yard'] },
      operator: { role: 'operator' },
    });
    const { call, services } = await setUp(t, access);
    const searched: unknown[] = [];
    services.find = async ({ watchlistIds }) => {
      searched.push(watchlistIds);
      return [];
    };
    const ask = async (token: string, json: object) =>
      (await call('/api/search', { token, json: { reason, ...json } })).status;
    assert.equal(await ask('one', { alertId }), 200);
    assert.deepEqual(searched, [['list-1']]);
    assert.equal(await ask('one', { alertId, watchlist: 'list-2' }), 404);
    assert.equal(await ask('yard', { alertId }), 404);
    assert.equal(await ask('operator', { alertId }), 403);
    assert.equal(searched.length, 1);
  });

  it('does not happen where it cannot be recorded', async (t) => {
    const { call, services } = await setUp(t);
    services.writable = false;
    assert.equal((await call('/api/search', { json: { alertId, reason } })).status, 503);
    assert.equal(services.uploads.length, 0);
  });
});
