// Over 300 lines: what a centre is told, message after message, with one set-up.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { dayMs, federationBounds } from '../../../../src/domain/bounds.ts';
import type { AlertKind, FederationRefusal } from '../../../../src/domain/federation.ts';
import { type SiteAlertChange, toSiteAlert } from '../../../../src/domain/site-alert.ts';
import { CentreAlerts } from '../../../../src/services/federation/centre-alerts.ts';
import { PictureParts } from '../../../../src/services/federation/picture-parts.ts';
import { purgeSiteAlerts } from '../../../../src/services/federation/purge-site-alerts.ts';
import { SiteAlerts } from '../../../../src/services/federation/site-alerts.ts';
import { siteAlertsService } from '../../../../src/services/federation/site-alerts-service.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { CentreAlertTable } from '../../../../src/store/centre-alert-table.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { makeAlert } from '../../../support/store/alert-fixture.ts';
import { setWritable } from '../../../support/store/set-writable.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const blind = { blind: false, ownList: true };
const session = '0'.repeat(32);

function centreInTest() {
  const clock = new FakeClock();
  const store = createMemoryStore();
  const audit = new AuditLog({ store, now: () => clock.now() });
  const watchlists = new WatchlistStore({ store, audit, now: () => clock.now() });
  const refusals: FederationRefusal[] = [];
  const received: string[] = [];
  const changes: string[] = [];
  const centre = new SiteAlerts({
    ...{ store, audit, watchlists, clock },
    refused: (_, reason) => refusals.push(reason),
    received: (site) => received.push(site),
    changed: ({ alert, change, picture }) =>
      changes.push([change, alert.site, alert.state, picture ?? ''].join(' ').trim()),
  });
  watchlists.onSiteAlertsErased((alerts) => centre.erased(alerts));
  let sequence = 0;
  const ask = (site: string, kind: AlertKind, body: object, at?: number): unknown => {
    sequence += 1;
    const seal = { session, sequence: at ?? sequence };
    return centre.answer({ site, kind, seal, body: { session: centre.session, ...body } });
  };
  const tell = (site: string, number: number, changes: Parameters<typeof makeAlert>[1] = {}) => {
    const alert = makeAlert(number, { createdAt: clock.now(), ...changes });
    ask(site, 'alert', { version: 1, alert: toSiteAlert(alert, [], blind) });
    return alert.id;
  };
  const view = siteAlertsService(store);
  return { clock, store, audit, watchlists, refusals, received, changes, centre, ask, tell, view };
}

function jpeg(bytes: number) {
  const data = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(bytes - 3)]);
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { data, picture: { kind: 'face', sha256, bytes } as const };
}

describe('alerts of sites, at the centre', () => {
  it('are one row for each alert of a site, by place and time, a page at a time', () => {
    const { ask, clock, received, tell, view } = centreInTest();
    const ids: string[] = [];
    for (let number = 1; number <= 5; number += 1) {
      clock.advance(1_000);
      ids.push(tell('harbour', number, { watchlistId: number % 2 === 0 ? 'even' : 'odd' }));
    }
    // The same id at another site is another alert; told again it is the same one.
    clock.advance(1_000);
    tell('station', 1, { state: 'confirmed' });
    const again = makeAlert(5, { createdAt: clock.now() - 1_000, revision: 3, watchlistId: 'odd' });
    ask('harbour', 'alert', { version: 2, alert: toSiteAlert(again, [], blind) });
    assert.deepEqual(received, [...Array(5).fill('harbour'), 'station']);
    const all = { sites: '*', watchlists: '*', limit: 100 } as const;
    const shown = (query: Partial<Parameters<typeof view.list>[0]>) =>
      view
        .list({ ...all, ...query })
        .alerts.map(({ id, site }) => `${site} ${ids.indexOf(id) + 1}`);
    assert.deepEqual(shown({}), [
      ...['station 1', 'harbour 5', 'harbour 4', 'harbour 3', 'harbour 2', 'harbour 1'],
    ]);
    assert.equal(view.find('harbour', again.id)?.revision, 3);
    assert.deepEqual(shown({ sites: ['station'] }), ['station 1']);
    assert.deepEqual(shown({ sites: [] }), []);
    assert.deepEqual(shown({ watchlists: ['even'] }), ['harbour 4', 'harbour 2']);
    assert.deepEqual(shown({ states: ['confirmed', 'dismissed'] }), ['station 1']);
    const first = view.list({ ...all, limit: 4 });
    const second = view.list({ ...all, limit: 4, before: first.next ?? '' });
    assert.equal(second.next, null);
    assert.deepEqual(
      [...first.alerts, ...second.alerts].map(({ id, site }) => `${site} ${id}`),
      view.list(all).alerts.map(({ id, site }) => `${site} ${id}`),
    );
    assert.throws(() => view.list({ ...all, before: 'nowhere' }), { code: 'BAD_REQUEST' });
  });

  it('are counted by site where they come late, each once', () => {
    const { centre, clock, tell } = centreInTest();
    tell('harbour', 1);
    tell('harbour', 2, { createdAt: clock.now() - 61_000 });
    tell('harbour', 2, { createdAt: clock.now() - 61_000, revision: 1 });
    tell('station', 3, { createdAt: clock.now() - 59_000 });
    assert.deepEqual([centre.late('harbour'), centre.late('station')], [1, 0]);
  });

  it('are told of to who looks on, once each change is stored', () => {
    const { ask, changes, store, tell } = centreInTest();
    const id = tell('harbour', 1);
    tell('harbour', 1, { state: 'acknowledged', revision: 1 });
    const { data, picture } = jpeg(1_000);
    ask('harbour', 'pictures', { alert: id, version: 1, pictures: [picture] });
    ask('harbour', 'piece', {
      ...{ alert: id, picture, offset: 0, data: data.toString('base64') },
    });
    ask('harbour', 'pictures', { alert: id, version: 2, pictures: [] });
    ask('harbour', 'gone', { alerts: [id, 'another'] });
    assert.deepEqual(changes, [
      'received harbour new',
      'changed harbour acknowledged',
      'pictured harbour acknowledged face',
      'changed harbour acknowledged',
      'gone harbour acknowledged',
    ]);
    setWritable(store, false);
    assert.throws(() => tell('harbour', 2), { code: 'STORE_UNWRITABLE' });
    assert.equal(changes.length, 5, 'nothing of what is not stored');
  });

  it('are not taken twice of one message, nor of an earlier start, nor out of the format', () => {
    const { ask, centre, refusals, view } = centreInTest();
    const alert = toSiteAlert(makeAlert(1), [], blind);
    assert.deepEqual(ask('harbour', 'alert', { version: 1, alert }, 10), { stale: false });
    assert.equal(ask('harbour', 'gone', { alerts: [alert.id] }, 10), undefined);
    assert.equal(ask('harbour', 'gone', { alerts: [alert.id] }, 9), undefined);
    const seal = { session, sequence: 11 };
    const earlier = { session: 'an earlier one', alerts: [alert.id] };
    const answer = centre.answer({ site: 'harbour', kind: 'gone', seal, body: earlier });
    assert.equal((answer as { stale: boolean }).stale, true);
    assert.deepEqual(ask('harbour', 'alert', { version: 1, alert: { ...alert, state: 'x' } }), {});
    assert.deepEqual(refusals, ['replayed', 'replayed', 'format']);
    assert.ok(view.find('harbour', alert.id) !== undefined);
    // One site's numbers are not another's.
    assert.deepEqual(ask('station', 'gone', { alerts: [alert.id] }, 1), { stale: false });
    assert.ok(view.find('harbour', alert.id) !== undefined);
  });

  it('have the pictures that were announced, whole, and no others', () => {
    const { ask, refusals, store, tell, view } = centreInTest();
    const id = tell('harbour', 1);
    const { data, picture } = jpeg(1_000);
    const announce = (pictures: object[], version = 1) =>
      ask('harbour', 'pictures', { alert: id, version, pictures });
    const send = (offset: number, bytes: Uint8Array, of: object = picture) =>
      ask('harbour', 'piece', {
        ...{ alert: id, picture: of, offset },
        data: Buffer.from(bytes).toString('base64'),
      });
    const said = { stale: false, busy: false, refused: false };
    assert.deepEqual(announce([picture]), { stale: false, lacks: ['face'] });
    const have = { alerts: [{ id, version: 1 }] };
    assert.deepEqual(ask('harbour', 'have', have), { stale: false, lacks: [id] });
    assert.deepEqual(send(0, data.subarray(0, 400)), { ...said, next: 400 });
    // A piece that is not the next one: where it goes on.
    assert.deepEqual(send(800, data.subarray(800)), { ...said, next: 400 });
    assert.deepEqual(send(400, data.subarray(400)), { ...said, next: null });
    assert.deepEqual(announce([picture]), { stale: false, lacks: [] });
    assert.deepEqual(ask('harbour', 'have', have), { stale: false, lacks: [] });
    assert.deepEqual(Buffer.from(view.picture('harbour', id, 'face') ?? []), data);
    // No JPEG, and other bytes than were announced.
    const text = Buffer.from('no picture at all');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const none = { kind: 'frame', sha256, bytes: text.length };
    assert.deepEqual(send(0, text, none), { ...said, next: null, refused: true });
    const other = { ...picture, kind: 'frame', bytes: 5 };
    assert.deepEqual(send(0, data.subarray(0, 5), other), { ...said, next: null, refused: true });
    assert.deepEqual(refusals, ['format', 'format']);
    assert.equal(view.picture('harbour', id, 'frame'), null);
    // What is announced no more is deleted; what is sealed names its place.
    assert.deepEqual(announce([], 2), { stale: false, lacks: [] });
    assert.equal(view.picture('harbour', id, 'face'), null);
    const rows = store.prepare('SELECT count(*) AS n FROM site_alert_pictures').get();
    assert.equal(Number(rows?.['n']), 0);
  });

  it('say nothing of people whom the centre does not have, or deleted', () => {
    const { ask, changes, tell, view, watchlists } = centreInTest();
    const list = watchlists.create(listInput()).id;
    const { id: person } = watchlists.addPerson(list, { name: 'Ann' });
    const on = { watchlistId: list, personId: person, personName: 'Ann' };
    const known = tell('harbour', 1, on);
    // A site cannot pass a list of the centre off as its own.
    const unknown = tell('harbour', 2, { ...on, personId: 'nobody', personName: 'Bob' });
    const { data, picture } = jpeg(100);
    const enrolled = { ...picture, kind: 'enrolled' };
    for (const [alert, wanted] of [
      [known, ['enrolled']],
      [unknown, []],
    ] as const) {
      const answer = ask('harbour', 'pictures', { alert, version: 1, pictures: [enrolled] });
      assert.deepEqual(answer, { stale: false, lacks: wanted });
      const piece = { alert, picture: enrolled, offset: 0, data: data.toString('base64') };
      ask('harbour', 'piece', piece);
    }
    const shown = (id: string) => {
      const { personName, pictures } = view.find('harbour', id) ?? {};
      return [personName, pictures];
    };
    assert.deepEqual(
      [shown(known), shown(unknown)],
      [
        ['Ann', ['enrolled']],
        ['', []],
      ],
    );
    const toldBefore = changes.length;
    watchlists.deletePerson(person);
    assert.deepEqual(shown(known), ['', []]);
    // Who looks on hears of the one that changed.
    const told = changes.slice(toldBefore);
    assert.deepEqual(told, ['changed harbour new']);
    ask('harbour', 'alert', { version: 2, alert: toSiteAlert(makeAlert(1, on), [], blind) });
    assert.deepEqual(shown(known), ['', []]);
  });

  it('end with their time and do not come back until the site has deleted them', () => {
    const { ask, audit, changes, clock, store, tell, view } = centreInTest();
    const changed = ({ alert, at, change }: SiteAlertChange) =>
      changes.push(`${change} ${alert.site} ${at}`);
    const purge = purgeSiteAlerts({ audit, store, changed }, 10 * dayMs);
    const id = tell('harbour', 1);
    assert.equal(purge(clock.now() + 9 * dayMs, 10), 0);
    assert.equal(changes.length, 1);
    assert.equal(purge(clock.now() + 10 * dayMs, 10), 1);
    assert.equal(changes.at(-1), `gone harbour ${clock.now() + 10 * dayMs}`);
    tell('harbour', 1);
    assert.equal(view.find('harbour', id), undefined);
    assert.deepEqual(ask('harbour', 'have', { alerts: [{ id, version: 7 }] }), {
      ...{ stale: false, lacks: [] },
    });
    ask('harbour', 'gone', { alerts: [id] });
    tell('harbour', 1);
    assert.ok(view.find('harbour', id) !== undefined);
  });
});

describe('alerts for the centre, at a site', () => {
  it('are noted once each, in order, and wait until the centre has this very version', () => {
    const store = createMemoryStore();
    const table = new CentreAlertTable(store);
    const noted = new CentreAlerts({ store, concerns: (id) => id === 'list-1' });
    let woken = 0;
    noted.onWaiting(() => {
      woken += 1;
    });
    const change = (number: number, watchlistId = 'list-1') =>
      store.write(() =>
        noted.alertChanged({
          ...{ sequence: 1, change: 'updated' },
          alert: makeAlert(number, { watchlistId }),
        }),
      );
    change(2);
    change(1);
    change(3, 'another');
    change(2);
    assert.equal(woken, 3);
    assert.equal(table.waiting().waiting, 2);
    const first = table.untold(0);
    assert.ok(first !== undefined);
    assert.deepEqual([first.alertId, first.version, first.told], [makeAlert(2).id, 2, 0]);
    // It changes while it is told: it waits still.
    change(2);
    store.write(() => {
      table.told(first);
      table.pictured(first);
    });
    assert.equal(table.untold(0)?.version, 3);
    const now = table.untold(0);
    assert.ok(now !== undefined);
    store.write(() => {
      table.told(now);
      table.pictured(now);
    });
    assert.equal(table.untold(0)?.alertId, makeAlert(1).id);
    assert.deepEqual(
      table.complete(0, 10).map(({ alertId }) => alertId),
      [makeAlert(2).id],
    );
    // There are no such alerts: all that is noted is gone.
    assert.equal(table.gone(0).gone.length, 2);
    store.write(() => table.lacked([makeAlert(2).id]));
    assert.equal(table.waiting().waiting, 2);
    store.write(() => table.forget([makeAlert(1).id, makeAlert(2).id]));
    assert.deepEqual(table.waiting(), { waiting: 0, oldestAt: null });
  });

  it('take no more memory of a centre than there is for pictures under way', () => {
    const clock = new FakeClock();
    const parts = new PictureParts(clock);
    const bytes = federationBounds.pictureBytes;
    const begin = (site: string) =>
      parts.take(site, {
        ...{ alert: 'a', offset: 0, data: new Uint8Array(1) },
        picture: { kind: 'face', sha256: '0'.repeat(64), bytes },
      }).state;
    const room = federationBounds.partsBytes / bytes;
    const begun = Array.from({ length: room + 1 }, (_, at) => begin(`site-${at}`));
    assert.deepEqual(begun, [...Array(room).fill('more'), 'busy']);
    clock.advance(federationBounds.partsMs + 1);
    assert.equal(begin('another'), 'more');
  });
});
