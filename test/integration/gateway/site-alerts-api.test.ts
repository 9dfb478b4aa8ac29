import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { camerasOfSite } from '../../../src/domain/principal.ts';
import { toSiteAlert } from '../../../src/domain/site-alert.ts';
import { federationSchema } from '../../../src/gateway/schemas/federation.ts';
import { errorMessage, eventSchemas } from '../../../src/gateway/schemas/messages.ts';
import { siteAlertSchema, siteAlertsSchema } from '../../../src/gateway/schemas/site-alert.ts';
import { SiteAlertTable } from '../../../src/store/site-alert-table.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const face = new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3]);

async function setUp(t: TestContext) {
  const access = new FakeAccess({
    ann: { role: 'operator' },
    yard: { role: 'admin', cameras: ['yard'] },
    harbour: { role: 'admin', cameras: ['gate', camerasOfSite('harbour')] },
    station: { role: 'operator', cameras: [camerasOfSite('station')] },
    'another-list': { role: 'reviewer', watchlists: ['another'] },
    'its-list': { role: 'operator', watchlists: ['list-1'] },
    viewer: { role: 'viewer' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { call, services } = opened;
  services.addSite('harbour');
  services.addSite('station');
  const table = new SiteAlertTable(services.store);
  services.store.write(() => {
    for (const [site, number] of [
      ['harbour', 1],
      ['station', 1],
      ['harbour', 2],
    ] as const) {
      const told = toSiteAlert(sampleAlert(number), [], { blind: false, ownList: false });
      table.put(site, { ...told, capturedAt: told.capturedAt + number }, 1, Date.now());
    }
    table.putPicture('harbour', sampleAlert(1).id, 'face', { jpeg: face, sha256: '' });
  });
  const ids = async (query: string, token: string) => {
    const { body } = await call(`/api/sites/alerts${query}`, { token });
    const { alerts, next } = siteAlertsSchema.parse(body);
    return { shown: alerts.map(({ id, site }) => [site, id]), next };
  };
  return { ...opened, ids };
}

describe('alerts of sites over the API', () => {
  it('are listed by site, list and state, and looked at with their pictures, on record', async (t) => {
    const { address, call, ids, services } = await setUp(t);
    const [first, second] = [sampleAlert(1).id, sampleAlert(2).id];
    const all = await ids('', 'ann');
    assert.deepEqual(all.shown[0], ['harbour', second]);
    assert.equal(all.shown.length, 3);
    assert.deepEqual((await ids('?site=station', 'ann')).shown, [['station', first]]);
    assert.deepEqual((await ids('?watchlist=another', 'ann')).shown, []);
    assert.deepEqual((await ids('?state=confirmed', 'ann')).shown, []);
    const page = await ids('?limit=2', 'ann');
    const rest = await ids(`?limit=2&before=${page.next}`, 'ann');
    assert.deepEqual([...page.shown, ...rest.shown], all.shown);
    assert.equal((await call('/api/sites/alerts?before=x', { token: 'ann' })).status, 400);
    const one = await call(`/api/sites/harbour/alerts/${first}`, { token: 'ann' });
    const alert = siteAlertSchema.parse(one.body);
    assert.deepEqual([alert.site, alert.pictures], ['harbour', ['face']]);
    const headers = { authorization: 'Bearer ann' };
    const path = `${address}/api/sites/harbour/alerts/${first}/evidence`;
    const picture = await fetch(`${path}/face`, { headers });
    assert.equal(picture.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual(new Uint8Array(await picture.arrayBuffer()), face);
    assert.equal((await fetch(`${path}/frame`, { headers })).status, 404);
    assert.equal((await fetch(`${path}/best-1`, { headers })).status, 400);
    const viewed = services.audit.list({ what: 'federation', order: 'oldest' });
    assert.deepEqual(
      viewed.map(({ target, what, who }) => [who, what, target]),
      [
        ['ann', 'federation.alerts_listed', ''],
        ['ann', 'federation.alerts_listed', 'station'],
        ['ann', 'federation.alert_viewed', first],
      ],
    );
  });

  it('are those of the sites and lists that the caller may see, and there are no others', async (t) => {
    const { address, call, ids } = await setUp(t);
    const first = sampleAlert(1).id;
    const none = { shown: [], next: null };
    assert.deepEqual(
      (await ids('', 'harbour')).shown.map(([site]) => site),
      ['harbour', 'harbour'],
    );
    // The next page says nothing of what is not theirs either.
    assert.equal((await ids('?limit=2', 'harbour')).next, null);
    assert.deepEqual((await ids('', 'station')).shown, [['station', first]]);
    assert.deepEqual(await ids('?site=station', 'harbour'), none);
    assert.deepEqual(await ids('', 'yard'), none);
    assert.deepEqual(await ids('?site=harbour', 'yard'), none);
    assert.deepEqual(await ids('', 'another-list'), none);
    assert.equal((await ids('', 'its-list')).shown.length, 3);
    assert.deepEqual(await ids('?watchlist=list-1', 'another-list'), none);
    for (const [token, site, status] of [
      ['harbour', 'harbour', 200],
      ['harbour', 'station', 404],
      ['yard', 'harbour', 404],
      ['another-list', 'harbour', 404],
      ['viewer', 'harbour', 403],
    ] as const) {
      const path = `/api/sites/${site}/alerts/${first}`;
      const { body, status: answered } = await call(path, { token });
      assert.equal(answered, status, `${token} ${site}`);
      const headers = { authorization: `Bearer ${token}` };
      const picture = await fetch(`${address}${path}/evidence/face`, { headers });
      assert.equal(picture.status, status, `${token} ${site}`);
      if (status !== 404) continue;
      // As one that does not exist.
      const unknown = await call(`/api/sites/${site}/alerts/none`, { token });
      assert.deepEqual(JSON.stringify(body).replace(first, 'none'), JSON.stringify(unknown.body));
    }
  });

  it('are told of live, to who may see their site and list at that moment', async (t) => {
    const { address, services } = await setUp(t);
    const clients = new Map<string, EventSocket>();
    for (const token of ['ann', 'yard', 'harbour', 'another-list', 'its-list', 'elsewhere']) {
      const client = await EventSocket.open(`${address}/ws`, {
        token: token === 'elsewhere' ? 'ann' : token,
      });
      await client.until('authenticated');
      const cameras = token === 'elsewhere' ? ['gate', camerasOfSite('station')] : ['*'];
      client.send({ type: 'subscribe', topics: ['site-alerts', 'status'], cameras });
      await client.until('subscribed');
      clients.set(token, client);
    }
    for (const [site, change] of [
      ['harbour', 'received'],
      ['station', 'gone'],
    ] as const) {
      const alert = services.siteAlerts.find(site, sampleAlert(1).id);
      assert.ok(alert !== undefined);
      services.siteAlerts$.next({ change, alert, at: 1_790_000_000_000, picture: null });
    }
    // After it nothing can be on its way.
    services.setStatus({ cameraId: 'gate', state: 'live', since: 2, reconnects: 0 });
    services.setStatus({ cameraId: 'yard', state: 'live', since: 2, reconnects: 0 });
    const heard = async (token: string) => {
      const all: string[] = [];
      for (;;) {
        const message = (await clients.get(token)?.next()) as { type: string; data: unknown };
        if (message.type === 'nightglass.site-alert.v1') {
          const { data, source } = eventSchemas['site-alerts'].parse(message);
          all.push(`${source} ${data.change}`);
        } else if ((message.data as { since: number } | undefined)?.since === 2) return all;
      }
    };
    const [harbour, station] = ['/sites/harbour received', '/sites/station gone'];
    assert.deepEqual(await heard('ann'), [harbour, station]);
    assert.deepEqual(await heard('harbour'), [harbour]);
    assert.deepEqual(await heard('its-list'), [harbour, station]);
    assert.deepEqual(await heard('elsewhere'), [station]);
    assert.deepEqual(await heard('yard'), []);
    assert.deepEqual(await heard('another-list'), []);
    const viewer = await EventSocket.open(`${address}/ws`, { token: 'viewer' });
    await viewer.until('authenticated');
    viewer.send({ type: 'subscribe', topics: ['site-alerts'] });
    const refused = errorMessage.parse(await viewer.until('error'));
    assert.equal(refused.code, 'FORBIDDEN');
  });

  it('come from sites of which a caller knows those that are theirs', async (t) => {
    const { call, services } = await setUp(t);
    services.addList('list-1');
    services.federation.setSites('list-1', ['harbour', 'station'], { name: 'ann' });
    const seen = async (token: string) => {
      const { body, status } = await call('/api/federation', { token });
      return status === 200 ? federationSchema.parse(body) : status;
    };
    const lists = async (token: string) => {
      const view = await seen(token);
      return typeof view === 'number' || view.role !== 'centre' ? view : view.lists;
    };
    assert.deepEqual(await lists('ann'), [{ id: 'list-1', sites: ['harbour', 'station'] }]);
    assert.deepEqual(await lists('harbour'), [{ id: 'list-1', sites: ['harbour'] }]);
    assert.equal(await lists('yard'), 403);
    assert.deepEqual(await lists('another-list'), []);
    const sitesFor = async (token: string) => {
      const { body } = await call('/api/watchlists/list-1', { token });
      return (body as { sites: string[] }).sites;
    };
    assert.deepEqual(await sitesFor('ann'), ['harbour', 'station']);
    assert.deepEqual(await sitesFor('harbour'), ['harbour']);
    services.lists.update('list-1', { cameras: ['gate'] });
    const end = await call('/api/watchlists/list-1', { token: 'harbour', method: 'DELETE' });
    assert.equal(end.status, 403, 'it goes to another site, too');
    const send = await call('/api/watchlists/list-1/sites', {
      ...{ token: 'harbour', json: { sites: ['harbour'] } },
    });
    assert.equal(send.status, 403);
    assert.equal((await call('/api/users', { token: 'harbour' })).status, 403);
  });
});
