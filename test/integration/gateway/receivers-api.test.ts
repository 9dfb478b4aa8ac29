import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openGateway } from '../../support/gateway/open-gateway.ts';

describe('receivers over HTTP', () => {
  it('lists what each is sent and how it fares', async (t) => {
    const { call } = await openGateway(t);
    const { body, status } = await call<{ receivers: Record<string, unknown>[] }>('/api/receivers');
    assert.equal(status, 200);
    const [receiver] = body.receivers;
    assert.equal(receiver?.['id'], 'desk');
    assert.equal(receiver?.['host'], 'example.org');
    assert.deepEqual(
      [receiver?.['waiting'], receiver?.['dead'], receiver?.['fault']],
      [0, 0, null],
    );
  });

  it('sends a test, and says why it was not taken; on record', async (t) => {
    const { call, services } = await openGateway(t);
    const good = await call<{ ok: boolean }>('/api/receivers/desk/test', { method: 'POST' });
    assert.equal(good.body.ok, true);
    assert.deepEqual(
      services.outside.sent.map(({ type }) => type),
      ['nightglass.test.v1'],
    );
    services.outside.state.refusing = true;
    const bad = await call<{ reason: string }>('/api/receivers/desk/test', { method: 'POST' });
    assert.equal(bad.body.reason, 'status 422');
    const records = services.audit.list({ what: 'receiver.tested' });
    assert.deepEqual(
      records.map(({ detail }) => (detail as { ok: boolean }).ok),
      [true, false],
    );
    const none = await call('/api/receivers/other/test', { method: 'POST' });
    assert.equal(none.status, 404);
  });

  it('lists dead letters by pages, and sends them again; on record', async (t) => {
    const { call, services } = await openGateway(t);
    const numbers = [1, 2, 3].map(() => services.outside.bury());
    const first = await call<{ dead: { number: number }[]; next: number }>(
      '/api/receivers/desk/dead?limit=2',
    );
    assert.deepEqual(
      first.body.dead.map(({ number }) => number),
      numbers.slice(0, 2),
    );
    const rest = await call<{ dead: { number: number }[]; next: null }>(
      `/api/receivers/desk/dead?limit=2&after=${first.body.next}`,
    );
    assert.deepEqual(
      rest.body.dead.map(({ number }) => number),
      numbers.slice(2),
    );
    assert.equal(rest.body.next, null);
    const resend = (body: object) =>
      call<{ resent: number }>('/api/receivers/desk/resend', {
        method: 'POST',
        json: body,
      });
    assert.equal((await resend({ numbers: [numbers[1], 999] })).body.resent, 1);
    assert.equal((await resend({ numbers: 'all' })).body.resent, 2);
    assert.equal((await resend({ numbers: [] })).status, 400);
    assert.equal(services.audit.list({ what: 'receiver.resent' }).length, 2);
    while (services.outside.sent.length < 3) await new Promise((done) => setTimeout(done, 5));
    const sent = services.outside.sent.map(({ sequence }) => sequence);
    assert.deepEqual([...sent].sort(), numbers);
  });
});
