import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassError } from '../../../src/domain/errors.ts';
import { healthSchema } from '../../../src/gateway/schemas/answers.ts';
import { cameraSchema } from '../../../src/gateway/schemas/camera.ts';
import { sessionSchema } from '../../../src/gateway/schemas/session.ts';
import {
  assertShape,
  call,
  errorCode,
  gateway,
  open,
  services,
  tokens,
} from '../../support/gateway/gateway-in-test.ts';

describe('opening the gateway', () => {
  it('refuses an address that others can reach while there is no token', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      await assert.rejects(
        open({ host }),
        (error) => error instanceof NightglassError && error.code === 'ENVIRONMENT',
      );
    }
  });

  it('asks for a token on an address that others can reach, demo or not', async () => {
    await open({ host: '0.0.0.0', access: tokens() });
    const port = new URL(gateway?.address ?? '').port;
    assert.equal((await call(`http://127.0.0.1:${port}/api/alerts`)).status, 401);
  });

  it('says so when the port is taken', async () => {
    const address = await open();
    const first = gateway;
    const port = Number(new URL(address).port);
    await assert.rejects(open({ port }), /Cannot listen on 127\.0\.0\.1 port \d+: EADDRINUSE/);
    await first?.close();
  });
});

describe('health, readiness, metrics, documents', () => {
  it('tells a stranger that it lives and no more', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    assert.deepEqual((await call(`${address}/healthz`)).body, { status: 'ok', version: '0.0.0' });
    assert.equal((await call(`${address}/readyz`)).status, 200);
    const known = await call(`${address}/healthz`, { token: 'viewer' });
    assertShape(healthSchema, known.body);
    assert.equal((known.body as { cameras: object[] }).cameras.length, 2);
  });

  it('answers 503 when failing or not ready, 200 when degraded', async () => {
    const address = await open();
    services.healthReport = { ...services.healthReport, status: 'degraded', ready: false };
    assert.equal((await call(`${address}/healthz`)).status, 200);
    assert.equal((await call(`${address}/readyz`)).status, 503);
    services.healthReport = { ...services.healthReport, status: 'failing' };
    assert.equal((await call(`${address}/healthz`)).status, 503);
  });

  it('passes the metrics on as Prometheus text', async () => {
    const { body, headers } = await call(`${await open()}/metrics`);
    assert.match(body, /nightglass_fake 1/);
    assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  });

  it('publishes an OpenAPI document that names every route', async () => {
    const address = await open();
    const document = (await call(`${address}/openapi.json`)).body as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    assert.equal(document.openapi, '3.1.0');
    assert.ok(document.paths['/api/alerts/{id}/evidence/{kind}']?.['get']);
    assert.ok(document.paths['/api/people/{id}/images']?.['post']?.requestBody);
    assert.ok(!JSON.stringify(document).includes('"$schema"'));
    const asyncapi = (await call(`${address}/asyncapi.json`)).body as {
      channels: { events: { messages: object } };
    };
    assert.deepEqual(Object.keys(asyncapi.channels.events.messages).sort(), [
      'alert',
      'arming',
      'auth',
      'authenticated',
      'camera',
      'detection',
      'dropped',
      'embedding',
      'error',
      'replayed',
      'siteAlert',
      'subscribe',
      'subscribed',
      'track',
    ]);
  });

  it('sets strict headers on every answer', async () => {
    const address = await open();
    for (const path of ['/', '/healthz', '/api/alerts', '/nowhere']) {
      const { headers } = await call(`${address}${path}`);
      assert.match(
        headers.get('content-security-policy') ?? '',
        /default-src 'none'; script-src 'self'/,
        path,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });
});

describe('what cannot be answered', () => {
  it('answers malformed, oversized and unknown requests with a code', async () => {
    const address = await open();
    const post = (body: string, type = 'application/json') =>
      fetch(`${address}/api/watchlists`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    assert.equal((await post('{"name":')).status, 400);
    assert.equal((await post(`{"name":"${'x'.repeat(300_000)}"}`)).status, 413);
    assert.equal((await post('<a/>', 'text/xml')).status, 400);
    assert.equal((await post('{"__proto__":{"role":"admin"}}')).status, 400);
    assert.equal((await call(`${address}/api/alerts/${'x'.repeat(150)}`)).status, 400);
    assert.equal((await call(`${address}/api/alerts/${'x'.repeat(500)}`)).status, 414);
    assert.equal(errorCode((await call(`${address}/api/nowhere`)).body), 'NOT_FOUND');
  });

  it('keeps the text of an unforeseen failure to the log', async () => {
    const logged: string[] = [];
    const note = (_details: object, message: string) => {
      logged.push(message);
    };
    const address = await open({
      log: { debug: () => undefined, info: () => undefined, warn: note, error: note },
    });
    services.watchlists.list = () => {
      throw new Error('rtsp://user:hunter2@camera failed');
    };
    const { status, body } = await call(`${address}/api/watchlists`);
    assert.equal(status, 500);
    assert.equal(errorCode(body), 'INTERNAL');
    assert.ok(!JSON.stringify(body).includes('hunter2'));
    assert.equal(logged.length, 1);
  });

  it('counts requests by pattern, not by URL', async () => {
    const seen: string[] = [];
    const address = await open({ observer: { request: (route) => seen.push(route) } });
    await call(`${address}/api/alerts/01ABC`);
    await call(`${address}/api/secret-path`);
    assert.deepEqual(seen, ['/api/alerts/:id', 'unknown']);
  });

  it('tells who the token belongs to', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    const { body } = await call(`${address}/api/session`, { token: 'yard-only' });
    assertShape(sessionSchema, body);
    assert.deepEqual((body as { cameras: string[] }).cameras, ['yard']);
    const listed = await call(`${address}/api/cameras`, { token: 'viewer' });
    const local = listed.body as {
      cameras: object[];
    };
    for (const camera of local.cameras) assertShape(cameraSchema, camera);
  });
});
