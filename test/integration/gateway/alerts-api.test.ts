import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertRecord, alertSchema } from '../../../src/gateway/schemas/alert.ts';
import {
  assertShape,
  call,
  errorCode,
  open,
  services,
  tokens,
} from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

describe('alerts', () => {
  it('lists newest first, in pages and by filter', async () => {
    const address = await open();
    for (let n = 1; n <= 5; n += 1) services.raise({ change: 'created', alert: sampleAlert(n) });
    const first = (await call(`${address}/api/alerts?limit=2`)).body as {
      alerts: { id: string }[];
      next: string;
    };
    for (const alert of first.alerts) assertShape(alertSchema, alert);
    assert.deepEqual(
      first.alerts.map(({ id }) => id),
      [sampleAlert(5).id, sampleAlert(4).id],
    );
    const second = (await call(`${address}/api/alerts?limit=10&before=${first.next}`))
      .body as typeof first;
    assert.equal(second.alerts.length, 3);
    assert.equal(second.next, null);
    assert.equal(
      ((await call(`${address}/api/alerts?state=confirmed`)).body as typeof first).alerts.length,
      0,
    );
    assert.equal(errorCode((await call(`${address}/api/alerts?limit=9999`)).body), 'BAD_REQUEST');
    assert.equal(errorCode((await call(`${address}/api/alerts?color=red`)).body), 'BAD_REQUEST');
  });

  it('shows pictures, and records who looked, once', async () => {
    const address = await open();
    const { id } = sampleAlert(1);
    services.pictures.set('face', Buffer.from([0xff, 0xd8]));
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const face = await fetch(`${address}/api/alerts/${id}/evidence/face`);
    assert.equal(face.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual([...new Uint8Array(await face.arrayBuffer())], [0xff, 0xd8]);
    assert.equal((await call(`${address}/api/alerts/${id}/evidence/enhanced`)).status, 404);
    assert.equal((await call(`${address}/api/alerts/${id}/evidence/secrets`)).status, 400);
    await call(`${address}/api/alerts/${id}`);
    assert.deepEqual(services.audited, [
      { who: 'local', what: 'alert.viewed', target: id, detail: {} },
    ]);
  });

  it('takes reviews by role, with a reason to dismiss, and records them', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    const { id } = sampleAlert(1);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const review = (token: string, json: unknown) =>
      call(`${address}/api/alerts/${id}/review`, { token, json });
    assert.equal((await review('viewer', { action: 'acknowledge' })).status, 403);
    const acknowledged = await review('operator', { action: 'acknowledge', revision: 0 });
    assertShape(alertRecord, acknowledged.body);
    assert.equal((await review('operator', { action: 'confirm' })).status, 403);
    assert.equal(errorCode((await review('reviewer', { action: 'dismiss' })).body), 'BAD_REQUEST');
    assert.equal((await review('reviewer', { action: 'confirm', revision: 0 })).status, 409);
    const dismissed = await review('reviewer', {
      action: 'dismiss',
      reason: 'another person',
      revision: 1,
    });
    assert.equal((dismissed.body as { alert: { state: string } }).alert.state, 'dismissed');
    assert.deepEqual(
      services.audited.map(({ who, what, detail }) => [who, what, detail?.['to']]),
      [
        ['viewer', 'access.denied', undefined],
        ['operator', 'alert.reviewed', 'acknowledged'],
        ['operator', 'access.denied', undefined],
        ['reviewer', 'alert.reviewed', 'dismissed'],
      ],
    );
  });

  it('keeps the scores from a second reviewer', async () => {
    const address = await open();
    services.addList('list-1', { twoPersonReview: true });
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const { id } = sampleAlert(1);
    for (const action of ['acknowledge', 'confirm'] as const) {
      services.alertStore.review(id, { action, reviewer: 'first' });
    }
    const { body } = await call(`${address}/api/alerts/${sampleAlert(1).id}`);
    assertShape(alertRecord, body);
    assert.ok(!JSON.stringify(body).includes('scores'));
    assert.ok(!JSON.stringify(body).includes('quality'));
  });

  it('goes on reviewing while the audit log cannot be written', async () => {
    const address = await open();
    services.raise({ change: 'created', alert: sampleAlert(1) });
    services.writable = false;
    const url = `${address}/api/alerts/${sampleAlert(1).id}/review`;
    assert.equal((await call(url, { json: { action: 'acknowledge' } })).status, 200);
  });
});
