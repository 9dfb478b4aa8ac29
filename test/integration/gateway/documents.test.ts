import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { toSiteAlert } from '../../../src/domain/site-alert.ts';
import { apiRoutes } from '../../../src/gateway/api-routes.ts';
import type { RouteContext } from '../../../src/gateway/routes/context.ts';
import {
  authenticatedMessage,
  errorMessage,
  eventSchemas,
  replayedMessage,
  subscribedMessage,
} from '../../../src/gateway/schemas/messages.ts';
import { atOnce } from '../../../src/services/in-turns.ts';
import { SiteAlertTable } from '../../../src/store/site-alert-table.ts';
import { FootageRoots } from '../../../src/streams/recorded/footage-roots.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { putShadow } from '../../support/gateway/put-shadow.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { sampleSearch } from '../../support/gateway/sample-footage.ts';
import { clipsOf, madeClip } from '../../support/services/clips-of.ts';
import { zipOf } from '../../support/services/zip-of.ts';

const routes = apiRoutes({ version: '' } as RouteContext);
const { id: alertId } = sampleAlert(1);

/** A call of each route that answers with JSON and changes nothing, by its path. */
const calls: Readonly<Record<string, string>> = {
  '/healthz': '/healthz',
  '/readyz': '/readyz',
  '/api/session': '/api/session',
  '/api/sessions': '/api/sessions',
  '/api/federation': '/api/federation',
  '/api/sites/alerts': '/api/sites/alerts',
  '/api/sites/:site/alerts/:id': `/api/sites/harbour/alerts/${alertId}`,
  '/api/hand-overs': '/api/hand-overs',
  '/api/hand-overs/summary': '/api/hand-overs/summary',
  '/api/camera-setups': '/api/camera-setups',
  '/api/cameras': '/api/cameras',
  '/api/cameras/:id': '/api/cameras/gate',
  '/api/cameras/:id/calibration': '/api/cameras/gate/calibration',
  '/api/cameras/:id/assessment': '/api/cameras/gate/assessment',
  '/api/cameras/:id/drift': '/api/cameras/gate/drift',
  '/api/cameras/:id/profile': '/api/cameras/gate/profile',
  '/api/cameras/:id/profile/:at': '/api/cameras/gate/profile/1',
  '/api/account': '/api/account',
  '/api/account/sessions': '/api/account/sessions',
  '/api/alerts': '/api/alerts',
  '/api/alerts/:id': `/api/alerts/${alertId}`,
  '/api/alerts/:id/clips/:appearance/faces': `/api/alerts/${alertId}/clips/0/faces`,
  '/api/evidence/jobs/:id': '/api/evidence/jobs/export-1',
  '/api/watchlists': '/api/watchlists',
  '/api/watchlists/:id': '/api/watchlists/list-1',
  '/api/footage': '/api/footage',
  '/api/footage/folder': '/api/footage/folder',
  '/api/footage/jobs/:id': '/api/footage/jobs/footage-1',
  '/api/footage/jobs/:id/sightings': '/api/footage/jobs/footage-1/sightings',
  '/api/imports/:job': '/api/imports/job-1',
  '/api/learning': '/api/learning',
  '/api/learning/people': '/api/learning/people',
  '/api/learning/people/:id': '/api/learning/people/person-1',
  '/api/login': '/api/login',
  '/api/people': '/api/people',
  '/api/people/:id': '/api/people/person-1',
  '/api/statistics': '/api/statistics',
  '/api/receivers': '/api/receivers',
  '/api/receivers/:id/dead': '/api/receivers/desk/dead',
  '/api/push': '/api/push',
  '/api/system': '/api/system',
  '/api/models/shadow': '/api/models/shadow',
  '/api/tokens': '/api/tokens',
  '/api/users': '/api/users',
  '/api/arming': '/api/arming',
  '/api/audit': '/api/audit',
  '/api/audit/verify': '/api/audit/verify',
};

/** Fails for a value that the schema does not describe wholly: what it does not name, it drops. */
function assertExact(schema: z.ZodType, value: unknown, what: string): void {
  const parsed = schema.safeParse(value);
  assert.ok(parsed.success, `${what}: ${JSON.stringify(parsed.error?.issues)}`);
  assert.deepEqual(parsed.data, value, what);
}

async function filled(t: Parameters<typeof openGateway>[0]) {
  const opened = await openGateway(t);
  const { services } = opened;
  services.raise({ change: 'created', alert: sampleAlert(1, { clip: { state: 'pending' } }) });
  const place = { alertId, appearance: 0 };
  const clip = atOnce(clipsOf(services.store).keep(place, madeClip(new Uint8Array(300_000))));
  if (typeof clip === 'string') throw new Error(clip);
  services.alertStore.setClip(place, clip);
  const told = toSiteAlert(sampleAlert(1), [], { blind: false, ownList: true });
  services.store.write(() => new SiteAlertTable(services.store).put('harbour', told, 1, 1));
  const list = await services.watchlists.create(
    {
      name: 'a',
      purpose: 'p',
      legalBasis: 'l',
      authorisation: 'a',
      owner: 'o',
      cameras: '*',
    },
    systemActor,
  );
  await services.people.create({ watchlistId: list.id, name: 'Ada', note: '' }, systemActor);
  putShadow(services.store, [list.id]);
  const archive = await zipOf({ 'Bea/1.jpg': 'a picture' });
  services.outside.bury();
  const { id } = await services.archives.import(list.id, archive, systemActor);
  services.lists.update(list.id, { uses: ['footage'] });
  services.footagePlaces = new FootageRoots([tmpdir()]);
  services.footageProgress = {
    ...{ phase: 'searching', share: null, seconds: 9, total: 90, speed: 4.5, secondsLeft: 18 },
  };
  const search = sampleSearch(services, { lists: [list.id], seen: { Ada: [3, 1_900] } });
  services.accounts.invite({ name: 'ann', role: 'operator', cameras: ['gate'] });
  services.tokens.create({ name: 'panel', role: 'viewer' });
  const { body } = await opened.call<{ id: string }>('/api/evidence/jobs', {
    json: { alerts: [alertId], reason: 'asked by police' },
  });
  return { ...opened, job: id, search: search.id, exported: body.id };
}

describe('the OpenAPI document', () => {
  it('is served as it stands in docs', async (t) => {
    const { call } = await openGateway(t);
    for (const name of ['openapi', 'asyncapi']) {
      const { body, status } = await call<{ info: { version: string } }>(`/${name}.json`);
      assert.equal(status, 200);
      const file = new URL(`../../../docs/${name}.json`, import.meta.url);
      const committed = JSON.parse(readFileSync(file, 'utf8'));
      body.info.version = committed.info.version;
      assert.deepEqual(body, committed);
    }
  });

  it('names no route that the server does not have', async (t) => {
    const { call } = await filled(t);
    for (const { method, path } of routes) {
      const { body, status } = await call<unknown>(path.replace(/:\w+/g, 'x'), { method });
      const unknown = JSON.stringify(body).includes('Cannot find this page');
      assert.ok(!unknown && status !== 405, `${method} ${path}: ${status}`);
    }
  });

  it('describes what is answered, wholly', async (t) => {
    const { call, job, search, exported } = await filled(t);
    const json = routes.filter(
      ({ method, path, answers }) =>
        // Factors are of accounts alone: their answer is held where they are tested.
        method === 'GET' && path !== '/api/account/factors' && answers[200] instanceof z.ZodType,
    );
    assert.deepEqual(json.map(({ path }) => path).sort(), Object.keys(calls).sort());
    for (const { path, answers } of json) {
      const called = calls[path]
        ?.replace('job-1', job)
        .replace('footage-1', search)
        .replace('export-1', exported);
      const { status, body } = await call(called ?? '');
      assert.equal(status, 200, path);
      assertExact(answers[200] as z.ZodType, body, path);
    }
  });
});

describe('the AsyncAPI document', () => {
  it('describes what the socket says, wholly', async (t) => {
    const { address, services } = await filled(t);
    const socket = await EventSocket.open(`${address}/ws`);
    t.after(() => socket.close());
    const heard = async (type: string, schema: z.ZodType) =>
      assertExact(schema, await socket.until(type), type);
    await heard('authenticated', authenticatedMessage);
    socket.send({
      type: 'subscribe',
      topics: ['alerts', 'detections', 'embeddings', 'tracks', 'status'],
      since: '0',
    });
    await heard('subscribed', subscribedMessage);
    await heard('nightglass.camera.v1', eventSchemas.status);
    await heard('nightglass.alert.v1', eventSchemas.alerts);
    await heard('replayed', replayedMessage);
    const point = { x: 1, y: 2 };
    const seen = { cameraId: 'gate', sequence: 1, capturedAt: 1_790_000_000_000 };
    services.detections$.next({
      ...seen,
      frameWidth: 64,
      frameHeight: 48,
      faces: [
        {
          box: { x: 1, y: 2, width: 3, height: 4 },
          landmarks: [point, point, point, point, point],
          score: 0.9,
          trackId: 't-1',
          quality: 50,
          verdict: 'accept',
        },
      ],
    });
    await heard('nightglass.detection.v1', eventSchemas.detections);
    services.tracks$.next({
      cameraId: 'gate',
      trackId: 't-1',
      phase: 'started',
      startedAt: 1,
      endedAt: 2,
      hits: 1,
    });
    await heard('nightglass.track.v1', eventSchemas.tracks);
    const vector = Float32Array.of(1, 0);
    services.embeddings$.next({
      ...seen,
      trackId: 't-1',
      model: 'm',
      fused: vector,
      raw: vector,
      enhanced: null,
      keyframes: 1,
      meanGate: 1,
      quality: 50,
    });
    await heard('nightglass.embedding.v1', eventSchemas.embeddings);
    socket.send('no JSON');
    await heard('error', errorMessage);
  });
});
