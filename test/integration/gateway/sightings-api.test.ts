import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertRecord, bulkReviewed, shownAlert } from '../../../src/gateway/schemas/alert.ts';
import { alertData } from '../../../src/gateway/schemas/observation.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import {
  assertShape,
  call,
  errorCode,
  open,
  services,
  tokens,
} from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';

const { id } = sampleAlert(1);
const picture = (fill: number) => Uint8Array.of(0xff, 0xd8, fill);

/** An alert of `gate` with sightings at `yard` and at `hall`, each with pictures of its own. */
function raise(): void {
  for (const [at, step] of [
    () => services.raise({ change: 'created', alert: sampleAlert(1) }),
    () => services.sight(id, sampleSighting(1)),
    () => services.sight(id, sampleSighting(2, { cameraId: 'hall' })),
  ].entries()) {
    services.pictures.set('face', picture(at));
    step();
  }
}

interface Shown {
  readonly cameraId: string;
  readonly trackId: string;
  readonly sightings: readonly { readonly number: number; readonly cameraId: string }[];
}

async function faceOf(address: string, kind: string, token?: string): Promise<number | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${address}/api/alerts/${id}/evidence/${kind}`, { headers });
  return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer())[2] : undefined;
}

describe('sightings', () => {
  it('stand with their alert, each with its own picture', async () => {
    const address = await open();
    raise();
    const { body } = await call(`${address}/api/alerts/${id}`);
    assertShape(alertRecord, body);
    const { alert } = body as { alert: Shown };
    assert.deepEqual(
      alert.sightings.map(({ number, cameraId }) => [number, cameraId]),
      [
        [1, 'yard'],
        [2, 'hall'],
      ],
    );
    assert.equal(await faceOf(address, 'face'), 0);
    assert.equal(await faceOf(address, 'sighting-1-face'), 1);
    assert.equal(await faceOf(address, 'sighting-2-face'), 2);
    assert.equal(await faceOf(address, 'sighting-3-face'), undefined);
    const { status } = await call(`${address}/api/alerts/${id}/evidence/sighting-1-enrolled`);
    assert.equal(status, 400);
    const list = await call(`${address}/api/alerts?camera=hall`);
    assert.equal((list.body as { alerts: unknown[] }).alerts.length, 1);
  });

  it('are all that a token sees whose cameras they are', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    raise();
    const token = 'yard-only';
    const { body } = await call(`${address}/api/alerts/${id}`, { token });
    assertShape(alertRecord, body);
    const { alert } = body as { alert: Shown };
    assert.deepEqual([alert.cameraId, alert.trackId], ['yard', 'sighted-1']);
    assert.deepEqual(alert.sightings, []);
    assert.equal(/gate|hall|track-1|best-/.test(JSON.stringify(alert)), false);
    const list = (await call(`${address}/api/alerts`, { token })).body as { alerts: Shown[] };
    assertShape(shownAlert, list.alerts[0]);
    assert.deepEqual(list.alerts, [alert]);
    assert.equal(await faceOf(address, 'face', token), 1);
    for (const kind of ['best-1', 'sighting-2-face']) {
      assert.equal(await faceOf(address, kind, token), undefined, kind);
    }
  });

  it('are told live and later, to each client by its cameras', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    const subscribe = async (token: string, since: string) => {
      const socket = await EventSocket.open(`${address}/ws`, { token });
      socket.send({ type: 'subscribe', topics: ['alerts'], since });
      await socket.until('subscribed');
      return socket;
    };
    const [all, yard] = [
      await subscribe('operator', sampleAlert(0).id),
      await subscribe('yard-only', sampleAlert(0).id),
    ];
    for (const socket of [all, yard]) await socket.until('replayed');
    raise();
    const told = async (socket: EventSocket, count: number) => {
      const events = [];
      for (let n = 0; n < count; n += 1) {
        const { source, data } = await socket.until('nightglass.alert.v1');
        assertShape(alertData, data);
        const { change, sightings } = data as Shown & { change: string };
        events.push([change, source, sightings.length]);
      }
      return events;
    };
    assert.deepEqual(await told(all, 3), [
      ['created', '/cameras/gate', 0],
      ['sighted', '/cameras/yard', 1],
      ['sighted', '/cameras/hall', 2],
    ]);
    assert.deepEqual(await told(yard, 2), [
      ['created', '/cameras/yard', 0],
      ['updated', '/cameras/yard', 0],
    ]);
    const later = await subscribe('operator', id);
    assert.deepEqual(
      (await told(later, 2)).map(([change]) => change),
      ['sighted', 'sighted'],
    );
    await Promise.all([all, yard, later].map((socket) => socket.close()));
  });
});

describe('bulk review', () => {
  it('takes the step where it can and says where it cannot', async () => {
    const address = await open();
    for (const n of [1, 2, 3]) services.raise({ change: 'created', alert: sampleAlert(n) });
    const ids = [1, 2, 3].map((n) => sampleAlert(n).id);
    services.reviewElsewhere(ids[1] as string, { action: 'escalate', reviewer: 'ann' });
    const { status, body } = await call(`${address}/api/alerts/review`, {
      json: { alerts: [...ids, ids[0]].map((of) => ({ id: of })), action: 'acknowledge' },
    });
    assert.equal(status, 200);
    assertShape(bulkReviewed, body);
    const { reviewed, refused } = body as {
      reviewed: { alert: { id: string; state: string } }[];
      refused: { id: string; code: string }[];
    };
    assert.deepEqual(
      reviewed.map(({ alert }) => [alert.id, alert.state]),
      [
        [ids[0], 'acknowledged'],
        [ids[2], 'acknowledged'],
      ],
    );
    assert.deepEqual(
      refused.map((each) => [each.id, each.code]),
      [[ids[1], 'CONFLICT']],
    );
    const reviewedAlerts = services.audit.list({ what: 'alert.reviewed' });
    assert.equal(reviewedAlerts.filter(({ who }) => who === 'local').length, 2);
  });

  it('needs the role and the reason, and takes nothing where one alert is not the caller’s', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    raise();
    services.raise({ change: 'created', alert: sampleAlert(2) });
    const review = (token: string, json: unknown) =>
      call(`${address}/api/alerts/review`, { token, json });
    const alerts = [id, sampleAlert(2).id].map((of) => ({ id: of }));
    assert.equal((await review('operator', { alerts, action: 'confirm' })).status, 403);
    const noReason = await review('reviewer', { alerts, action: 'dismiss' });
    assert.equal(errorCode(noReason.body), 'BAD_REQUEST');
    const hidden = await review('yard-only', { alerts, action: 'acknowledge' });
    assert.equal(hidden.status, 404);
    assert.equal(services.alertStore.get(id).alert.state, 'new');
    const seen = { alerts: [{ id, revision: 1 }], action: 'acknowledge' };
    const old = (await review('yard-only', seen)).body as { refused: { code: string }[] };
    assert.deepEqual(
      old.refused.map(({ code }) => code),
      ['CONFLICT'],
    );
    assert.equal((await review('yard-only', { ...seen, alerts: [{ id }] })).status, 200);
    assert.equal(services.alertStore.get(id).alert.state, 'acknowledged');
  });
});
