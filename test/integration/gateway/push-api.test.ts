import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Push, PushDevice, PushTest } from '../../../src/client/nightglass-client.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { browserKeys } from '../../support/push/push-service-double.ts';

const bodyOf = (path: string) => {
  const { auth, p256dh } = browserKeys();
  return {
    ...{ name: 'Phone', language: 'en', leastPriority: 'normal' },
    ...{ endpoint: `https://push.example.org/${path}`, keys: { p256dh, auth } },
  };
};
const tokens = {
  ann: { role: 'operator' },
  bob: { role: 'operator' },
  chief: { role: 'admin' },
  limited: { role: 'admin', cameras: ['gate'] },
} as const;

describe('alerts on devices over HTTP', () => {
  it('are switched on, changed, tested and switched off by their owner; on record', async (t) => {
    const { call, services } = await openGateway(t, {
      openOnLoopback: false,
      access: new FakeAccess(tokens),
    });
    const ann = { token: 'ann' };
    const before = await call<Push>('/api/push', ann);
    assert.deepEqual(
      { ...before.body, publicKey: undefined },
      { enabled: true, publicKey: undefined, devices: [], most: 8, all: null },
    );
    assert.equal(Buffer.from(before.body.publicKey ?? '', 'base64url').byteLength, 65);
    const sent = bodyOf('1');
    const added = await call<PushDevice>('/api/push/devices', {
      ...{ ...ann, method: 'POST', json: sent },
    });
    assert.equal(added.status, 201);
    const { id, fingerprint } = added.body;
    assert.equal(fingerprint, createHash('sha256').update(sent.endpoint).digest('base64url'));
    assert.equal(added.body.host, 'push.example.org');
    const shown = JSON.stringify([added.body, (await call('/api/push', ann)).body]);
    for (const secret of [sent.endpoint, sent.keys.auth, sent.keys.p256dh]) {
      assert.ok(!shown.includes(secret), 'how it is reached is told to nobody');
    }
    const change = { ...sent, name: 'Telephone', leastPriority: 'urgent' };
    const changed = await call<PushDevice>('/api/push/devices', {
      ...{ ...ann, method: 'POST', json: change },
    });
    assert.deepEqual([changed.body.id, changed.body.name], [id, 'Telephone']);
    const test = () => call<PushTest>(`/api/push/devices/${id}/test`, { ...ann, method: 'POST' });
    assert.deepEqual((await test()).body, { ok: true, reason: null });
    assert.equal(services.onDevices.sent[0]?.title, 'Nightglass: test');
    services.onDevices.state.answer = { taken: false, refused: false, reason: 'status 503' };
    assert.deepEqual((await test()).body, { ok: false, reason: 'status 503' });
    services.onDevices.state.answer = 'gone';
    assert.match((await test()).body.reason ?? '', /no longer/);
    assert.deepEqual((await call<Push>('/api/push', ann)).body.devices, []);
    const again = await call<PushDevice>('/api/push/devices', {
      ...{ ...ann, method: 'POST', json: sent },
    });
    const path = `/api/push/devices/${again.body.id}`;
    assert.equal((await call(path, { ...ann, method: 'DELETE' })).status, 204);
    assert.equal((await call(path, { ...ann, method: 'DELETE' })).status, 404);
    assert.deepEqual(
      services.audited
        .filter(({ what }) => what.startsWith('push.'))
        .map(({ who, what }) => `${who} ${what}`),
      [
        'ann push.device_added',
        'ann push.device_changed',
        ...Array(3).fill('ann push.device_tested'),
        'ann push.device_added',
        'ann push.device_removed',
      ],
    );
  });

  it("are nobody else's to see or to change; administrators of all see how many there are", async (t) => {
    const { call } = await openGateway(t, {
      openOnLoopback: false,
      access: new FakeAccess(tokens),
    });
    const { body: device } = await call<PushDevice>('/api/push/devices', {
      ...{ token: 'ann', method: 'POST', json: bodyOf('1') },
    });
    for (const token of ['bob', 'chief']) {
      assert.deepEqual((await call<Push>('/api/push', { token })).body.devices, []);
      const path = `/api/push/devices/${device.id}`;
      assert.equal((await call(path, { token, method: 'DELETE' })).status, 404);
      assert.equal((await call(`${path}/test`, { token, method: 'POST' })).status, 404);
    }
    const all = async (token: string) => (await call<Push>('/api/push', { token })).body.all;
    assert.deepEqual([await all('chief'), await all('limited'), await all('bob')], [1, null, null]);
  });

  it('refuse what is no browser of a push service that is configured', async (t) => {
    const { call } = await openGateway(t, {
      openOnLoopback: false,
      access: new FakeAccess(tokens),
    });
    const put = async (json: object) =>
      (await call('/api/push/devices', { token: 'ann', method: 'POST', json })).status;
    assert.equal(await put({ ...bodyOf('1'), endpoint: 'https://127.0.0.1/1' }), 403);
    assert.equal(await put({ ...bodyOf('1'), endpoint: 'http://push.example.org/1' }), 400);
    assert.equal(await put({ ...bodyOf('1'), name: 'a\u202eb' }), 400);
    assert.equal(await put({ ...bodyOf('1'), name: ' ' }), 400);
    assert.equal(await put({ ...bodyOf('1'), owner: 'bob' }), 400);
    const { keys, ...bare } = bodyOf('1');
    assert.equal(await put(bare), 400);
    assert.equal(await put({ ...bare, keys: { ...keys, auth: '!' } }), 400);
  });

  it('are for nobody where nobody is asked who they are', async (t) => {
    const { call } = await openGateway(t, { openOnLoopback: true });
    const { status } = await call('/api/push/devices', { method: 'POST', json: bodyOf('1') });
    assert.equal(status, 403);
  });
});
