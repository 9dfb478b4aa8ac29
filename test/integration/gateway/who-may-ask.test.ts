import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import {
  call,
  list,
  open,
  services,
  statusWithHeaders,
  tokens,
} from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

describe('who may ask', () => {
  const protectedRoutes: [string, string, string][] = [
    ['GET', '/metrics', 'viewer'],
    ['GET', '/api/session', 'viewer'],
    ['GET', '/api/cameras', 'viewer'],
    ['GET', '/api/alerts', 'operator'],
    ['POST', '/api/alerts/review', 'operator'],
    ['GET', '/api/watchlists', 'operator'],
    ['GET', '/api/people', 'operator'],
    ['POST', '/api/watchlists', 'admin'],
    ['POST', '/api/people', 'admin'],
    ['POST', '/api/search', 'reviewer'],
    ['POST', '/api/evidence/export', 'reviewer'],
    ['POST', '/api/evidence/jobs', 'reviewer'],
    ['POST', '/api/subject/preview', 'reviewer'],
    ['POST', '/api/subject/jobs', 'reviewer'],
    ['GET', '/api/evidence/jobs/x/file', 'reviewer'],
    ['DELETE', '/api/evidence/jobs/x', 'reviewer'],
    ['POST', '/api/cameras/reload', 'admin'],
    ['GET', '/api/cameras/gate/calibration', 'operator'],
    ['POST', '/api/cameras/gate/calibration', 'admin'],
    ['GET', '/api/cameras/gate/assessment', 'operator'],
    ['POST', '/api/cameras/gate/assessment', 'admin'],
    ['GET', '/api/cameras/gate/drift', 'operator'],
    ['POST', '/api/cameras/gate/drift/reference', 'operator'],
    ['GET', '/api/cameras/gate/profile', 'operator'],
    ['POST', '/api/cameras/gate/profile', 'admin'],
    ['GET', '/api/cameras/gate/profile/1', 'operator'],
    ['GET', '/api/cameras/gate/profile/1/pattern', 'operator'],
    ['GET', '/api/learning', 'operator'],
    ['GET', '/api/learning/people', 'operator'],
    ['GET', '/api/learning/people/x', 'operator'],
    ['POST', '/api/learning/people/x/exclude', 'admin'],
    ['POST', '/api/learning/people/x/include', 'admin'],
    ['POST', '/api/learning/jobs', 'admin'],
    ['GET', '/api/audit', 'admin'],
    ['GET', '/api/cameras/gate', 'viewer'],
    ['GET', '/api/system', 'viewer'],
    ['GET', '/api/models/m/card', 'viewer'],
    ['GET', '/api/models/shadow', 'operator'],
    ['GET', '/api/statistics', 'operator'],
    ['POST', '/api/quality', 'operator'],
    ['PATCH', '/api/people/x', 'admin'],
    ['POST', '/api/people/x/images/from-alert', 'admin'],
    ['POST', '/api/watchlists/x/import', 'admin'],
    ['GET', '/api/watchlists/x/export', 'admin'],
    ['GET', '/api/imports/x', 'admin'],
  ];
  const ranks = ['viewer', 'operator', 'reviewer', 'admin'];

  it('asks for a token and for the role of each route', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    for (const [method, path, role] of protectedRoutes) {
      const stranger = await call(`${address}${path}`, { method });
      assert.equal(stranger.status, 401, path);
      assert.match(stranger.headers.get('www-authenticate') ?? '', /Bearer/);
      for (const token of ranks) {
        const { status } = await call(`${address}${path}`, { method, token });
        const allowed = ranks.indexOf(token) >= ranks.indexOf(role);
        assert.equal(status === 403, !allowed, `${token} ${method} ${path}: ${status}`);
      }
    }
  });

  it('takes no token from the URL', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    assert.equal((await call(`${address}/api/cameras?token=viewer`)).status, 401);
    assert.equal((await call(`${address}/api/cameras?access_token=viewer`)).status, 401);
  });

  it('limits the wrong tokens of an address, and nobody there who has a right one', async () => {
    const limits = { maxAuthFailures: 3 };
    const address = await open({ openOnLoopback: false, access: tokens(), limits });
    for (let n = 0; n < 3; n += 1) {
      assert.equal((await call(`${address}/api/cameras`, { token: 'guess' })).status, 401);
    }
    const refused = await call(`${address}/api/cameras`, { token: 'guess' });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.equal((await call(`${address}/api/cameras`, { token: 'viewer' })).status, 200);
  });

  it('lets a token set no watchlist on cameras that are not its own, and read no metrics', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    const token = 'yard-only';
    const own = await call(`${address}/api/watchlists`, {
      token,
      json: { ...list, cameras: ['yard'] },
    });
    assert.equal(own.status, 201);
    const { id } = own.body as { id: string };
    for (const cameras of ['*', ['yard', 'gate']]) {
      const json = { ...list, cameras };
      assert.equal((await call(`${address}/api/watchlists`, { token, json })).status, 403);
      const changed = { token, method: 'PATCH', json: { cameras } };
      assert.equal((await call(`${address}/api/watchlists/${id}`, changed)).status, 403);
    }
    assert.deepEqual(services.lists.get(id)?.cameras, ['yard']);
    assert.equal(services.lists.list().length, 1);
    assert.equal((await call(`${address}/metrics`, { token })).status, 403);
  });

  it('keeps a token to its cameras', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    services.raise({ change: 'created', alert: sampleAlert(1) });
    services.raise({ change: 'created', alert: sampleAlert(2, { cameraId: 'yard' }) });
    services.watchlists.create({ ...list, cameras: ['gate'] }, systemActor);
    const token = 'yard-only';
    const { cameras } = (await call(`${address}/api/cameras`, { token })).body as {
      cameras: { id: string }[];
    };
    assert.deepEqual(
      cameras.map(({ id }) => id),
      ['yard'],
    );
    const { alerts } = (await call(`${address}/api/alerts`, { token })).body as {
      alerts: { cameraId: string }[];
    };
    assert.deepEqual(
      alerts.map(({ cameraId }) => cameraId),
      ['yard'],
    );
    const { watchlists } = (await call(`${address}/api/watchlists`, { token })).body as {
      watchlists: object[];
    };
    assert.deepEqual(watchlists, []);
    const foreign = `${address}/api/alerts/${sampleAlert(1).id}`;
    assert.equal((await call(foreign, { token })).status, 404);
    assert.equal((await call(`${foreign}/evidence/face`, { token })).status, 404);
    assert.equal(
      (await call(`${foreign}/review`, { token, json: { action: 'confirm' } })).status,
      404,
    );
    const health = (await call(`${address}/healthz`, { token })).body as { cameras: object[] };
    assert.equal(health.cameras.length, 1);
  });

  it('refuses what another web site makes a visitor ask', async () => {
    const address = await open();
    const { host, port } = new URL(address);
    const ask = (headers: Record<string, string>) =>
      statusWithHeaders(address, '/api/alerts', headers);
    assert.equal(await ask({}), 200);
    assert.equal(await ask({ host: `localhost:${port}` }), 200);
    assert.equal(await ask({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }), 200);
    assert.equal(await ask({ host: 'evil.example' }), 403);
    assert.equal(await ask({ host: `127.0.0.1.evil.example:${port}` }), 403);
    assert.equal(await ask({ origin: 'https://evil.example' }), 403);
    assert.equal(await ask({ origin: 'null' }), 403);
    assert.equal(await ask({ 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await ask({ 'sec-fetch-site': 'same-site' }), 403);
  });
});
