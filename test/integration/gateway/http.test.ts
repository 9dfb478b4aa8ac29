import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import type { z } from 'zod';
import { NightglassError } from '../../../src/errors.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { alertRecord, alertSchema } from '../../../src/gateway/schemas/alert.ts';
import { healthSchema } from '../../../src/gateway/schemas/answers.ts';
import { cameraSchema } from '../../../src/gateway/schemas/camera.ts';
import { enrolOutcome, personSchema } from '../../../src/gateway/schemas/person.ts';
import { searchSchema } from '../../../src/gateway/schemas/search.ts';
import { sessionSchema } from '../../../src/gateway/schemas/session.ts';
import { watchlistSchema } from '../../../src/gateway/schemas/watchlist.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { FakeBackend } from '../../support/gateway/fake-backend.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: '*',
};

let gateway: Gateway | undefined;
let backend = new FakeBackend();

async function open(options: Partial<GatewayOptions> = {}): Promise<string> {
  backend = new FakeBackend();
  backend.cameraViews = ['gate', 'yard'].map((id) => ({
    id,
    name: id,
    status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
    preview: true,
  }));
  gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    openOnLoopback: true,
    backend,
    access: new FakeAccess(),
    version: '0.0.0',
    ...options,
  });
  return gateway.address;
}

const tokens = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    reviewer: { role: 'reviewer' },
    admin: { role: 'admin' },
    'yard-only': { role: 'admin', cameras: ['yard'] },
  });

async function call(
  url: string,
  options: { token?: string; method?: string; json?: unknown; form?: FormData } = {},
): Promise<{ status: number; body: never; headers: Headers }> {
  const { token, method, json, form } = options;
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return {
    status: response.status,
    body: (type.startsWith('application/json') ? JSON.parse(text) : text) as never,
    headers: response.headers,
  };
}

/** A GET with a chosen Host header, which `fetch` would not send. */
function statusWithHeaders(
  address: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${address}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

function errorCode(body: unknown): string {
  return (body as { error: { code: string } }).error.code;
}

function assertShape(schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value);
  assert.ok(result.success, JSON.stringify(result.error?.issues));
}

function imageForm(count: number, bytes = 100): FormData {
  const form = new FormData();
  for (let n = 0; n < count; n += 1) {
    form.append('image', new Blob([new Uint8Array(bytes)]), `../folder/picture-${n}.jpg`);
  }
  return form;
}

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

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

describe('who may ask', () => {
  const protectedRoutes: [string, string, string][] = [
    ['GET', '/metrics', 'viewer'],
    ['GET', '/api/session', 'viewer'],
    ['GET', '/api/cameras', 'viewer'],
    ['GET', '/api/alerts', 'operator'],
    ['GET', '/api/watchlists', 'operator'],
    ['GET', '/api/people', 'operator'],
    ['POST', '/api/watchlists', 'admin'],
    ['POST', '/api/people', 'admin'],
    ['POST', '/api/search', 'reviewer'],
    ['POST', '/api/cameras/reload', 'admin'],
    ['GET', '/api/audit', 'admin'],
    ['GET', '/api/cameras/gate', 'viewer'],
    ['GET', '/api/system', 'viewer'],
    ['GET', '/api/models/m/card', 'viewer'],
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

  it('stops hearing an address after too many wrong tokens, before they are looked up', async () => {
    const access = tokens();
    const address = await open({ openOnLoopback: false, access, limits: { maxAuthFailures: 3 } });
    for (let n = 0; n < 3; n += 1) {
      assert.equal((await call(`${address}/api/cameras`, { token: 'guess' })).status, 401);
    }
    const { asked } = access;
    const refused = await call(`${address}/api/cameras`, { token: 'guess' });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.equal(access.asked, asked);
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
    assert.deepEqual(backend.lists.get(id)?.cameras, ['yard']);
    assert.equal(backend.lists.size, 1);
    assert.equal((await call(`${address}/metrics`, { token })).status, 403);
  });

  it('keeps a token to its cameras', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    backend.raise({ change: 'created', alert: sampleAlert(1) });
    backend.raise({ change: 'created', alert: sampleAlert(2, { cameraId: 'yard' }) });
    backend.watchlists.create({ ...list, cameras: ['gate'] });
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
    backend.healthReport = { ...backend.healthReport, status: 'degraded', ready: false };
    assert.equal((await call(`${address}/healthz`)).status, 200);
    assert.equal((await call(`${address}/readyz`)).status, 503);
    backend.healthReport = { ...backend.healthReport, status: 'failing' };
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
      'auth',
      'authenticated',
      'camera',
      'detection',
      'dropped',
      'embedding',
      'error',
      'replayed',
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

describe('alerts', () => {
  it('lists newest first, in pages and by filter', async () => {
    const address = await open();
    for (let n = 1; n <= 5; n += 1) backend.raise({ change: 'created', alert: sampleAlert(n) });
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
    backend.raise({ change: 'created', alert: sampleAlert(1) });
    backend.pictures.set(`${id} face`, Buffer.from([0xff, 0xd8]));
    const face = await fetch(`${address}/api/alerts/${id}/evidence/face`);
    assert.equal(face.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual([...new Uint8Array(await face.arrayBuffer())], [0xff, 0xd8]);
    assert.equal((await call(`${address}/api/alerts/${id}/evidence/enhanced`)).status, 404);
    assert.equal((await call(`${address}/api/alerts/${id}/evidence/secrets`)).status, 400);
    await call(`${address}/api/alerts/${id}`);
    assert.deepEqual(backend.audited, [
      { who: 'local', what: 'alert.viewed', target: id, detail: {} },
    ]);
  });

  it('takes reviews by role, with a reason to dismiss, and records them', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    const { id } = sampleAlert(1);
    backend.raise({ change: 'created', alert: sampleAlert(1) });
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
      backend.audited.map(({ who, what, detail }) => [who, what, detail?.['to']]),
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
    backend.raise({ change: 'created', alert: sampleAlert(1) });
    backend.blindFor = 'local';
    const { body } = await call(`${address}/api/alerts/${sampleAlert(1).id}`);
    assertShape(alertRecord, body);
    assert.ok(!JSON.stringify(body).includes('scores'));
    assert.ok(!JSON.stringify(body).includes('quality'));
  });

  it('goes on reviewing while the audit log cannot be written', async () => {
    const address = await open();
    backend.raise({ change: 'created', alert: sampleAlert(1) });
    backend.auditFails = true;
    const url = `${address}/api/alerts/${sampleAlert(1).id}/review`;
    assert.equal((await call(url, { json: { action: 'acknowledge' } })).status, 200);
  });
});

describe('watchlists, people, search', () => {
  it('makes, changes and removes a list, recorded before it is done', async () => {
    const address = await open();
    const made = await call(`${address}/api/watchlists`, { json: list });
    assert.equal(made.status, 201);
    assertShape(watchlistSchema, made.body);
    const { id } = made.body as { id: string };
    const changed = await call(`${address}/api/watchlists/${id}`, {
      method: 'PATCH',
      json: { fpir: 0.01 },
    });
    assert.equal((changed.body as { fpir: number }).fpir, 0.01);
    assert.equal((changed.body as { purpose: string }).purpose, list.purpose);
    assert.equal(
      (await call(`${address}/api/watchlists/${id}`, { method: 'PATCH', json: {} })).status,
      400,
    );
    backend.auditFails = true;
    assert.equal((await call(`${address}/api/watchlists/${id}`, { method: 'DELETE' })).status, 503);
    assert.equal(backend.lists.size, 1);
    backend.auditFails = false;
    assert.equal((await call(`${address}/api/watchlists/${id}`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(
      backend.audited.map(({ what }) => what),
      ['watchlist.created', 'watchlist.updated', 'watchlist.removed'],
    );
  });

  it('refuses a list without purpose, legal basis, authorisation or owner', async () => {
    const address = await open();
    for (const field of ['purpose', 'legalBasis', 'authorisation', 'owner', 'cameras', 'name']) {
      const { status, body } = await call(`${address}/api/watchlists`, {
        json: { ...list, [field]: undefined },
      });
      assert.equal(status, 400);
      assert.match((body as { error: { message: string } }).error.message, new RegExp(field));
    }
  });

  it('enrols images one by one, with a verdict for each', async () => {
    const address = await open();
    await call(`${address}/api/watchlists`, { json: list });
    const person = await call(`${address}/api/people`, {
      json: { watchlistId: 'list-1', name: 'Painted' },
    });
    assertShape(personSchema, person.body);
    const { status, body } = await call(`${address}/api/people/person-1/images`, {
      form: imageForm(2),
    });
    assert.equal(status, 200);
    const { outcomes } = body as { outcomes: object[] };
    for (const outcome of outcomes) assertShape(enrolOutcome, outcome);
    assert.deepEqual(
      backend.uploads.map(({ name }) => name),
      ['picture-0.jpg', 'picture-1.jpg'],
    );
    assert.equal((await call(`${address}/api/people?watchlist=list-1`)).status, 200);
  });

  it('bounds uploads: size of a file, of all together, number, and kind', async () => {
    const address = await open({
      limits: { maxImageBytes: 1000, maxImages: 2, maxUploadBytes: 1500 },
    });
    await call(`${address}/api/watchlists`, { json: list });
    await call(`${address}/api/people`, { json: { watchlistId: 'list-1', name: 'Painted' } });
    const url = `${address}/api/people/person-1/images`;
    assert.equal((await call(url, { form: imageForm(1, 1001) })).status, 413);
    assert.equal((await call(url, { form: imageForm(2, 900) })).status, 413);
    assert.equal((await call(url, { form: imageForm(3, 10) })).status, 413);
    assert.equal((await call(url, { form: imageForm(0) })).status, 400);
    assert.equal((await call(url, { json: {} })).status, 400);
    assert.equal(backend.uploads.length, 0);
  });

  it('searches one image for a stated reason, and records it with the hash alone', async () => {
    const address = await open();
    await call(`${address}/api/watchlists`, { json: list });
    const form = imageForm(1);
    assert.equal((await call(`${address}/api/search`, { form })).status, 400);
    form.append('reason', 'File 12/2026');
    const { body } = await call(`${address}/api/search`, { form });
    assertShape(searchSchema, body);
    const entry = backend.audited.at(-1);
    assert.equal(entry?.what, 'search.run');
    assert.match(String(entry?.detail?.['imageSha256']), /^[0-9a-f]{64}$/);
    const audit = (await call(`${address}/api/audit`)).body as { records: { what: string }[] };
    assert.equal(audit.records.at(-1)?.what, 'search.run');
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
    backend.watchlists.list = () => {
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
