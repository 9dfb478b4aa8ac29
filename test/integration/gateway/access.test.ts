// Over 300 lines: what each kind of token may see, all cases against the same two alerts.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { auditSchema, auditVerdictSchema } from '../../../src/gateway/schemas/audit.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';

const fields = {
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: '*' as const,
};
const mine = sampleAlert(1, { watchlistId: 'list-1', personName: 'Mine' });
const theirs = sampleAlert(2, {
  watchlistId: 'list-2',
  personId: 'person-2',
  personName: 'Secret',
});

/** Two lists with a person and an alert each; `own-…` tokens may know of the first alone. */
async function setUp(t: TestContext, options: Parameters<typeof openGateway>[1] = {}) {
  const watchlists = ['list-1'];
  const access = new FakeAccess({
    viewer: { scopes: ['embeddings:read'] },
    'own-operator': { role: 'operator', watchlists },
    'own-reviewer': { role: 'reviewer', watchlists },
    'own-admin': { role: 'admin', watchlists },
    admin: { role: 'admin' },
  });
  const opened = await openGateway(t, { openOnLoopback: false, access, ...options });
  const { services } = opened;
  for (const name of ['Mine', 'Theirs'])
    await services.watchlists.create({ name, ...fields }, systemActor);
  await services.people.create({ watchlistId: 'list-1', name: 'Mine', note: '' }, systemActor);
  await services.people.create({ watchlistId: 'list-2', name: 'Secret', note: '' }, systemActor);
  for (const personId of ['person-1', 'person-2']) {
    services.lists.addTemplate(templateFor(personId, vectorAt(0)));
  }
  services.pictures.set('enhanced', Buffer.from([0xff, 0xd8]));
  for (const alert of [mine, theirs]) services.raise({ change: 'created', alert });
  const denied = () => services.audited.filter(({ what }) => what === 'access.denied');
  return { ...opened, denied };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;
type Ask = readonly [method: string, path: string, sends?: () => Parameters<SetUp['call']>[1]];

describe('a token of one watchlist', () => {
  const foreign: readonly Ask[] = [
    ['GET', `/api/alerts/${theirs.id}`],
    ['GET', `/api/alerts/${theirs.id}/evidence/face`],
    ['GET', `/api/alerts/${theirs.id}/evidence/enrolled`],
    ['GET', `/api/alerts/${theirs.id}/evidence/best-1`],
    ['POST', `/api/alerts/${theirs.id}/review`, () => ({ json: { action: 'acknowledge' } })],
    ['GET', '/api/watchlists/list-2'],
    ['PATCH', '/api/watchlists/list-2', () => ({ json: { owner: 'me' } })],
    ['DELETE', '/api/watchlists/list-2'],
    ['GET', '/api/watchlists/list-2/export'],
    ['GET', '/api/people/person-2'],
    ['PATCH', '/api/people/person-2', () => ({ json: { name: 'x' } })],
    ['DELETE', '/api/people/person-2'],
    ['POST', '/api/people', () => ({ json: { watchlistId: 'list-2', name: 'x' } })],
    ['POST', '/api/people/person-2/images', () => ({ form: imageForm(1) })],
    [
      'POST',
      '/api/people/person-1/images/from-alert',
      () => ({ json: { alertId: theirs.id, kind: 'face' } }),
    ],
    ['GET', '/api/people/person-2/images/template-1'],
    ['DELETE', '/api/people/person-2/images/template-1'],
    [
      'POST',
      '/api/search',
      () => ({ form: imageForm(1, { reason: 'File 1', watchlist: 'list-2' }) }),
    ],
    ['POST', '/api/search', () => ({ json: { alertId: theirs.id, reason: 'File 1' } })],
  ];

  for (const [method, path, sends] of foreign) {
    const shown = `${method} ${path}${sends ? ` ${JSON.stringify(sends()?.json ?? '')}` : ''}`;
    it(`does not reach what is not its own: ${shown}`, async (t) => {
      const { call, denied, services } = await setUp(t);
      const state = () => [
        services.lists.list(),
        services.lists.countPeople('list-2'),
        services.uploads.length,
      ];
      const before = state();
      const { status, body } = await call(path, { method, token: 'own-admin', ...sends?.() });
      assert.equal(status, 404);
      assert.ok(!JSON.stringify(body).includes('Secret'));
      assert.deepEqual(state(), before);
      assert.equal(services.lists.get('list-2')?.owner, fields.owner);
      assert.deepEqual(
        denied().map(({ who, detail }) => [who, detail?.['code']]),
        [['own-admin', 'NOT_FOUND']],
      );
    });
  }

  it('cannot tell what is not its own from what does not exist', async (t) => {
    const { call, denied } = await setUp(t);
    const ask = async (path: string) => {
      const { status, body } = await call(path, { token: 'own-reviewer' });
      return [status, JSON.stringify(body).replaceAll(/list-\d|person-\d|01J\d+/g, 'ID')];
    };
    for (const [there, nowhere] of [
      [`/api/alerts/${theirs.id}`, `/api/alerts/${sampleAlert(9).id}`],
      ['/api/watchlists/list-2', '/api/watchlists/list-9'],
      ['/api/people/person-2', '/api/people/person-9'],
    ] as const) {
      assert.deepEqual(await ask(there), await ask(nowhere));
    }
    assert.deepEqual(
      denied().map(({ target }) => target),
      [theirs.id, 'list-2', 'person-2'],
    );
  });

  it('sees its own lists, people and alerts in what it lists, and no other', async (t) => {
    const { call } = await setUp(t);
    for (const path of [
      '/api/alerts',
      '/api/watchlists',
      '/api/people',
      '/api/alerts?watchlist=list-2',
    ]) {
      const { status, body } = await call(path, { token: 'own-operator' });
      assert.equal(status, 200);
      const text = JSON.stringify(body);
      assert.ok(!/Secret|Theirs|list-2|person-2/.test(text), `${path}: ${text}`);
      assert.equal(text.includes('Mine'), !path.includes('list-2'), path);
    }
    const { status } = await call(`/api/alerts/${mine.id}`, { token: 'own-operator' });
    assert.equal(status, 200);
  });

  it('counts and searches its own lists alone', async (t) => {
    const { call, services } = await setUp(t);
    const range = `from=${mine.createdAt - 1}&to=${theirs.createdAt + 1}`;
    const counted = await call<{ byWatchlist: { watchlistId: string }[] }>(
      `/api/statistics?${range}`,
      { token: 'own-operator' },
    );
    assert.deepEqual(
      counted.body.byWatchlist.map(({ watchlistId }) => watchlistId),
      ['list-1'],
    );

    const searched: unknown[] = [];
    const search = services.find;
    services.find = (request) => {
      searched.push(request.watchlistIds);
      return search(request);
    };
    const form = imageForm(1, { reason: 'File 12' });
    assert.equal((await call('/api/search', { token: 'own-reviewer', form })).status, 200);
    assert.deepEqual(searched, [['list-1']]);
  });

  it('hears of its own alerts alone, live and in a replay', async (t) => {
    const { address, services } = await setUp(t);
    const socket = await EventSocket.open(`${address}/ws`, { token: 'own-operator' });
    socket.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(0).id });
    const replayed: unknown[] = [];
    for (let message = await socket.next(); ; message = await socket.next()) {
      if (message.type === 'nightglass.alert.v1') replayed.push(message['id']);
      if (message.type === 'replayed') break;
    }
    assert.deepEqual(replayed, [`${mine.id}.0`]);
    services.raise({ change: 'updated', alert: { ...theirs, revision: 1 } });
    services.raise({ change: 'updated', alert: { ...mine, revision: 1 } });
    assert.equal((await socket.next())['id'], `${mine.id}.1`);
    assert.ok(!JSON.stringify(socket.heard).includes('Secret'));
    await socket.close();
  });

  it('is told of no trouble of other lists, a stranger of none, a viewer of no list', async (t) => {
    const { call, services } = await setUp(t);
    const problems = ['list-1', 'list-2'].map((watchlistId) => {
      return { watchlistId, code: 'CONFLICT', message: `Watchlist ${watchlistId} matches nobody` };
    });
    services.healthReport = { ...services.healthReport, status: 'degraded', problems };
    const told = async (token?: string) =>
      JSON.stringify((await call('/healthz', token === undefined ? {} : { token })).body).match(
        /"watchlistId":"list-\d"/g,
      );
    assert.deepEqual(await told('own-operator'), ['"watchlistId":"list-1"']);
    assert.equal((await told('admin'))?.length, 2);
    assert.equal(await told('viewer'), null);
    assert.equal(await told(), null);
  });

  it('makes no list, and reads neither metrics nor audit log, whatever its role', async (t) => {
    const { call } = await setUp(t);
    const token = 'own-admin';
    const json = { name: 'New', ...fields };
    assert.equal((await call('/api/watchlists', { token, json })).status, 403);
    for (const path of ['/metrics', '/api/audit', '/api/audit/verify', '/api/audit/export']) {
      assert.equal((await call(path, { token })).status, 403, path);
    }
  });
});

describe('a viewer', () => {
  it('gets no biometric data over HTTP', async (t) => {
    const { call, denied } = await setUp(t);
    const asks: readonly Ask[] = [
      ['GET', '/api/alerts'],
      ['GET', `/api/alerts/${mine.id}`],
      ...['frame', 'face', 'enhanced', 'enrolled', 'best-1'].map(
        (kind) => ['GET', `/api/alerts/${mine.id}/evidence/${kind}`] as const,
      ),
      ['POST', `/api/alerts/${mine.id}/review`, () => ({ json: { action: 'acknowledge' } })],
      ['GET', '/api/people'],
      ['GET', '/api/people/person-1'],
      ['GET', '/api/people/person-1/images/template-1'],
      ['GET', '/api/watchlists'],
      ['GET', '/api/watchlists/list-1/export'],
      ['GET', '/api/statistics'],
      ['POST', '/api/search', () => ({ form: imageForm(1, { reason: 'File 1' }) })],
      ['POST', '/api/quality', () => ({ form: imageForm(1) })],
      ['GET', '/api/audit'],
    ];
    for (const [method, path, sends] of asks) {
      const { status, body } = await call(path, { method, token: 'viewer', ...sends?.() });
      assert.equal(status, 403, path);
      assert.ok(!JSON.stringify(body).includes('Mine'));
    }
    assert.deepEqual(new Set(denied().map(({ who }) => who)), new Set(['viewer']));
    for (const path of ['/api/session', '/api/cameras', '/healthz', '/api/system']) {
      const { status, body } = await call(path, { token: 'viewer' });
      assert.equal(status, 200, path);
      assert.ok(!JSON.stringify(body).includes('Mine'), path);
    }
  });

  it('hears of faces as boxes, and of no alert or embedding, though it hold the scope', async (t) => {
    const { address, services, denied } = await setUp(t);
    const socket = await EventSocket.open(`${address}/ws`, { token: 'viewer' });
    for (const topic of ['alerts', 'embeddings']) {
      socket.send({ type: 'subscribe', topics: ['detections', topic] });
      assert.equal((await socket.until('error'))['code'], 'FORBIDDEN');
    }
    assert.deepEqual(
      denied().map(({ target }) => target),
      ['alerts', 'embeddings'],
    );
    socket.send({ type: 'subscribe', topics: ['detections', 'status', 'tracks'] });
    await socket.until('subscribed');
    services.raise({ change: 'updated', alert: { ...mine, revision: 1 } });
    const frame = { cameraId: 'gate', sequence: 1, capturedAt: 1, frameWidth: 9, frameHeight: 9 };
    services.detections$.next({ ...frame, faces: [] });
    await socket.until('nightglass.detection.v1');
    assert.ok(!JSON.stringify(socket.heard).includes('nightglass.alert.v1'));
    await socket.close();
  });

  it('is cut off from alerts when its token becomes one', async (t) => {
    const access = new FakeAccess({ desk: { role: 'operator' } });
    const limits = { heartbeatMs: 20 };
    const { address, services } = await openGateway(t, { openOnLoopback: false, access, limits });
    const socket = await EventSocket.open(`${address}/ws`, { token: 'desk' });
    socket.send({ type: 'subscribe', topics: ['alerts', 'status'] });
    await socket.until('subscribed');
    access.tokens.set('desk', { ...access.authenticate('desk'), role: 'viewer' } as never);
    // The rights are read anew at each heart-beat.
    const before = access.asked;
    while (access.asked < before + 1) await new Promise((resolve) => setImmediate(resolve));
    services.raise({ change: 'created', alert: mine });
    services.setStatus({ cameraId: 'yard', state: 'stopped', since: 7, reconnects: 0 });
    for (;;) {
      const message = await socket.next();
      assert.notEqual(message.type, 'nightglass.alert.v1');
      if ((message['data'] as { since?: number }).since === 7) break;
    }
    await socket.close();
  });
});

describe('searches', () => {
  it('are limited by token, not for others', async (t) => {
    const clock = new FakeClock();
    const { call, denied, services } = await setUp(t, { clock, limits: { maxSearches: 2 } });
    const search = (token: string) =>
      call('/api/search', { token, form: imageForm(1, { reason: 'File 1' }) });
    for (let n = 0; n < 2; n += 1) assert.equal((await search('admin')).status, 200);
    const refused = await search('admin');
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.equal((await search('own-reviewer')).status, 200);
    assert.equal(denied()[0]?.detail?.['code'], 'TOO_MANY_REQUESTS');
    assert.equal(services.uploads.length, 3);
    clock.advance(60_000);
    assert.equal((await search('admin')).status, 200);
  });
});

describe('the audit log over HTTP', () => {
  it('records views once in ten minutes: alerts, lists, people, pictures, video', async (t) => {
    const clock = new FakeClock();
    const { call, services, address } = await setUp(t, { clock });
    const token = 'own-operator';
    const look = async () => {
      for (const path of [
        '/api/alerts',
        `/api/alerts/${mine.id}`,
        `/api/alerts/${mine.id}/evidence/face`,
        '/api/people',
        '/api/people/person-1',
        '/api/people/person-1/images/template-1',
      ]) {
        assert.equal((await call(path, { token })).status, 200, path);
      }
      const video = await EventSocket.open(`${address}/preview/gate`, { token });
      await video.close();
    };
    await look();
    const seen = services.audited.map(({ what, target }) => [what, target]);
    assert.deepEqual(seen, [
      ['alerts.listed', ''],
      ['alert.viewed', mine.id],
      ['people.listed', ''],
      ['person.viewed', 'person-1'],
      ['preview.watched', 'gate'],
    ]);
    await look();
    assert.equal(services.audited.length, seen.length);
    clock.advance(600_000);
    await look();
    assert.equal(services.audited.length, seen.length * 2);
  });

  it('is read in pages, verified and taken along, which is recorded', async (t) => {
    const { call, services, address } = await setUp(t);
    const token = 'admin';
    for (let n = 0; n < 3; n += 1) await call(`/api/alerts/${mine.id}`, { token: `guess-${n}` });
    const page = auditSchema.parse((await call('/api/audit?limit=1', { token })).body);
    assert.equal(page.records.length, 1);
    assert.equal(page.next, page.records[0]?.sequence);
    assert.equal((await call('/api/audit?order=sideways', { token })).status, 400);
    assert.equal((await call('/api/audit?limit=0', { token })).status, 400);
    const verdict = auditVerdictSchema.parse((await call('/api/audit/verify', { token })).body);
    assert.equal(verdict.ok, true);
    const { headers, text } = await fetch(`${address}/api/audit/export`, {
      headers: { authorization: `Bearer ${token}` },
    }).then(async (response) => ({ headers: response.headers, text: await response.text() }));
    assert.equal(headers.get('content-type'), 'application/jsonl; charset=utf-8');
    assert.match(
      headers.get('content-disposition') ?? '',
      /^attachment; filename="nightglass-audit/,
    );
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).what);
    assert.deepEqual(
      lines,
      services.audit.list().map(({ what }) => what),
    );
    assert.deepEqual(lines.slice(-3), ['audit.read', 'audit.verified', 'audit.exported']);
    services.writable = false;
    assert.equal((await call('/api/audit/export', { token })).status, 503);
  });
});
