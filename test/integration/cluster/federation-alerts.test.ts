// Over 300 lines: one hub, one leaf node and their programs, whose states follow one another.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { type NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { askCentre, centreName } from '../../../src/cluster/federation-line.ts';
import { FederationSeal } from '../../../src/cluster/federation-seal.ts';
import type { Alert, AlertEvidence } from '../../../src/domain/alert.ts';
import { dayMs } from '../../../src/domain/bounds.ts';
import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import type { KeptSiteAlert, SiteAlertChange } from '../../../src/domain/site-alert.ts';
import { markedEvidence } from '../../../src/services/alerts/marked-evidence.ts';
import { purgeSiteAlerts } from '../../../src/services/federation/purge-site-alerts.ts';
import { siteAlertsService } from '../../../src/services/federation/site-alerts-service.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import type { Store } from '../../../src/store/store.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import {
  centreConfig,
  type FederationEnd,
  openEnd,
  siteConfig,
  startHubAndLeaf,
  writeFederationKeys,
} from '../../support/cluster/federation-ends.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { makeAlert, makeEvidence, makeSighting } from '../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../support/store/test-store.ts';

const patience = 90_000;
/** How far the clocks of both ends are ahead of this machine's, milliseconds. */
let ahead = 0;
const clock: Clock = {
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic(),
  after: (ms, callback) => systemClock.after(ms, callback),
};

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Bytes that begin as a JPEG does. */
function picture(bytes: number): Uint8Array {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(bytes - 3)]);
}

function pictures(bytes = 2_000): AlertEvidence {
  return {
    ...makeEvidence(1),
    ...{ frame: picture(bytes), face: picture(bytes), enrolled: picture(bytes) },
  };
}

describe('alerts of a site at its centre', { skip: noNats, timeout: 600_000 }, () => {
  let folder: string;
  let hub: NatsServer;
  let leaf: NatsServer;
  let keys: Awaited<ReturnType<typeof writeFederationKeys<'centre' | 'harbour' | 'station'>>>;
  let centre: FederationEnd;
  let harbour: FederationEnd;
  let list: string;
  let ann: string;
  let own: string;
  let number = 0;
  const atCentre = createMemoryStore();
  const atHarbour = createMemoryStore();
  const config = (alerts: object = {}) => siteConfig('harbour', leaf.url, alerts);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-federation-'));
    keys = await writeFederationKeys(folder, ['centre', 'harbour', 'station']);
    ({ hub, leaf } = await startHubAndLeaf(folder));
    openCentre();
    harbour = openEnd(folder, config(), atHarbour, clock);
    list = centre.lists.create(listInput({ name: 'Harbour ban', retentionDays: 60 })).id;
    ann = centre.lists.addPerson(list, { name: 'Ann' }).id;
    centre.lists.addTemplate(templateFor(ann, vectorAt(0.1), { image: randomBytes(500) }));
    centre.federation.service.setSites(list, ['harbour'], { name: 'admin' });
    own = harbour.lists.create(listInput({ name: 'Harbour only' })).id;
    await until('the list', () => harbour.lists.findPerson(ann) !== undefined);
  });
  after(async () => {
    await Promise.all([centre?.close(), harbour?.close()]);
    await Promise.all([hub?.[Symbol.asyncDispose](), leaf?.[Symbol.asyncDispose]()]);
    await rm(folder, { recursive: true, force: true });
  });

  function openCentre(store: Store = atCentre): void {
    centre = openEnd(folder, centreConfig(['harbour', 'station'], hub.url), store, clock);
  }

  /** Raises an alert at the site, now unless it says when. */
  function raise(changes: Partial<Alert> = {}, evidence = pictures()): Alert {
    number += 1;
    const at = changes.createdAt ?? clock.now();
    const person = { watchlistId: list, personId: ann, personName: 'Ann' };
    const times = { createdAt: at, capturedAt: at, updatedAt: at, lastSeenAt: at };
    return harbour.alerts.insert(makeAlert(number, { ...person, ...times, ...changes }), evidence);
  }

  /** In the order in which they came. */
  const came = (store: Store = atCentre) =>
    store
      .prepare('SELECT alert_id FROM site_alerts ORDER BY number')
      .all()
      .map((row) => String(row['alert_id']));
  const kept = (id: string): KeptSiteAlert | undefined =>
    siteAlertsService(atCentre).find('harbour', id);
  const pictured = (id: string, count: number) => kept(id)?.pictures.length === count;
  const waiting = () => {
    const view = harbour.federation.service.state();
    return view.role === 'site' ? view.alerts.waiting : -1;
  };

  it('come with their pictures byte by byte, and what happens to them follows', async () => {
    const plain = await encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3_072) }, 90);
    const whole = { ...pictures(700_000), enhanced: plain };
    const { id } = raise({}, whole);
    await until('the pictures', () => pictured(id, 4));
    const at = kept(id);
    assert.deepEqual(
      [at?.site, at?.personName, at?.state, at?.late, at?.ownList, at?.scores?.fused],
      ['harbour', 'Ann', 'new', false, false, 0.7],
    );
    const service = siteAlertsService(atCentre);
    for (const kind of ['frame', 'face', 'enrolled'] as const) {
      assert.deepEqual(
        Buffer.from(service.picture('harbour', id, kind) ?? []),
        Buffer.from(whole[kind] ?? []),
        kind,
      );
    }
    // The enhanced one as it leaves the site, marked as made by a machine.
    assert.deepEqual(
      Buffer.from(service.picture('harbour', id, 'enhanced') ?? []),
      Buffer.from(markedEvidence(harbour.alerts, id, 'enhanced') ?? []),
    );
    harbour.alerts.review(id, { action: 'acknowledge', reviewer: 'eve' });
    harbour.alerts.review(id, { action: 'dismiss', reviewer: 'eve', reason: 'somebody else' });
    await until('the verdict', () => kept(id)?.state === 'dismissed');
    assert.deepEqual(
      kept(id)?.reviews.map(({ action, reviewer, reason }) => [action, reviewer, reason]),
      [
        ['acknowledge', 'eve', ''],
        ['dismiss', 'eve', 'somebody else'],
      ],
    );
    const open = raise();
    const later = makeSighting('t-2', clock.now());
    const seen = { frame: picture(900), face: picture(900), enhanced: null };
    harbour.alerts.sight(open.id, later, seen);
    await until('the sighting', () => kept(open.id)?.pictures.includes('sighting-1-face') === true);
    assert.deepEqual(
      kept(open.id)?.sightings.map(({ cameraId, number: nth }) => [nth, cameraId]),
      [[1, 'yard']],
    );
    await until('nothing waits', () => waiting() === 0);
    assert.deepEqual(centre.alerts.list(), []);
    assert.match(await centre.metrics(), /alerts_received_total\{site="harbour"\} 2/);
    const record = centre.audit.list({ what: 'federation.alert_received', order: 'newest' });
    assert.deepEqual(record.map(({ target, who }) => [target, who]).sort(), [
      [id, 'site harbour'],
      [open.id, 'site harbour'],
    ]);
  });

  it('say nothing of lists that the centre is not to hear of, nor of scores that are to be unknown', async () => {
    const unheard = raise({ watchlistId: own, personId: 'p' });
    const two = harbour.lists.create(listInput({ name: 'Two people', twoPersonReview: true })).id;
    const pat = harbour.lists.addPerson(two, { name: 'Pat' }).id;
    await harbour.close();
    harbour = openEnd(folder, config({ own: [two] }), atHarbour, clock);
    const { id } = raise({ watchlistId: two, personId: pat, personName: 'Pat' });
    harbour.alerts.review(id, { action: 'acknowledge', reviewer: 'eve' });
    harbour.alerts.review(id, { action: 'confirm', reviewer: 'eve' });
    await until('the blind alert', () => kept(id)?.state === 'acknowledged');
    await until('nothing waits', () => waiting() === 0);
    const blind = kept(id);
    assert.deepEqual(
      [blind?.ownList, blind?.personName, blind?.scores, blind?.quality, blind?.reviews],
      [true, 'Pat', null, null, []],
    );
    harbour.alerts.review(id, { action: 'confirm', reviewer: 'mo' });
    await until('the second verdict', () => kept(id)?.state === 'confirmed');
    assert.equal(kept(id)?.scores?.fused, 0.7);
    assert.equal(kept(id)?.reviews.length, 3);
    assert.equal(kept(unheard.id), undefined);
  });

  it('wait while the line is cut for twelve days, and come once each, in order, as late ones', async () => {
    const known = came();
    await hub.kill();
    const raised: string[] = [];
    const begun = clock.now();
    for (let day = 0; day < 12; day += 1) {
      for (const hour of [1, 2, 3]) {
        raised.push(raise({ createdAt: begun + day * dayMs + hour * 3_600_000 }).id);
      }
    }
    ahead += 12 * dayMs;
    const [judged = '', , deleted = ''] = raised;
    harbour.alerts.review(judged, { action: 'acknowledge', reviewer: 'eve' });
    atHarbour.write(() => atHarbour.prepare('DELETE FROM alerts WHERE id = ?').run(deleted));
    await Promise.all([harbour.close(), centre.close()]);
    harbour = openEnd(folder, config(), atHarbour, clock);
    raised.push(raise().id);
    assert.equal(waiting(), raised.length);
    openCentre();
    const back = clock.now();
    await hub.up();
    const expected = raised.filter((id) => id !== deleted);
    await until('all pictures', () => expected.every((id) => pictured(id, 3)));
    await until('nothing waits', () => waiting() === 0);
    assert.deepEqual(came(), [...known, ...expected]);
    assert.deepEqual(
      expected.map((id) => kept(id)?.createdAt),
      expected.map((id) => harbour.alerts.get(id).alert.createdAt),
    );
    const first = kept(judged);
    assert.deepEqual([first?.late, first?.state], [true, 'acknowledged']);
    assert.ok((first?.receivedAt ?? 0) >= back);
    // One was deleted before it came: that is counted.
    assert.match(await harbour.metrics(), /federation_alerts_lost_total 1/);
    // None of it is an alert of the centre's own: nothing rings there.
    assert.deepEqual(centre.alerts.list(), []);
  });

  it('come again where the centre was restored from before them', async () => {
    const [lost = ''] = came();
    await centre.close();
    atCentre.write(() => atCentre.prepare('DELETE FROM site_alerts WHERE alert_id = ?').run(lost));
    openCentre();
    await until('it again', () => pictured(lost, 4));
  });

  it('are deleted with those of the site, and lose the names of whom the centre deletes', async () => {
    const bea = centre.lists.addPerson(list, { name: 'Bea' }).id;
    await until('Bea', () => harbour.lists.findPerson(bea) !== undefined);
    const alert = raise({ personId: bea, personName: 'Bea' });
    await until('her alert', () => pictured(alert.id, 3));
    centre.lists.deletePerson(bea);
    // At once, whether or not the site is heard.
    assert.deepEqual(
      [kept(alert.id)?.personName, kept(alert.id)?.pictures],
      ['', ['face', 'frame']],
    );
    await until('deleted at the site', () => harbour.lists.findPerson(bea) === undefined);
    await until('told again', () => waiting() === 0);
    assert.deepEqual(
      [kept(alert.id)?.personName, kept(alert.id)?.pictures],
      ['', ['face', 'frame']],
    );
    atHarbour.write(() => atHarbour.prepare('DELETE FROM alerts WHERE id = ?').run(alert.id));
    await until('deleted at the centre', () => kept(alert.id) === undefined);
    const [record] = centre.audit.list({ what: 'federation.alerts_deleted', order: 'newest' });
    assert.deepEqual(record?.detail, { alerts: [alert.id] });
  });

  it('end at the centre when their time there is over, and do not come back', async () => {
    const { id } = raise();
    await until('the alert', () => pictured(id, 3));
    const before = came().length;
    // Some came twelve days ago.
    const gone: string[] = [];
    const changed = ({ alert, change }: SiteAlertChange) => gone.push(`${change} ${alert.id}`);
    const purge = purgeSiteAlerts({ ...centre, changed }, 45 * dayMs);
    assert.equal(purge(clock.now() + 30 * dayMs, 500), 0);
    assert.equal(purge(clock.now() + 46 * dayMs, 500), before);
    assert.equal(gone.length, before, 'open pages are told of each');
    assert.ok(gone.includes(`gone ${id}`));
    harbour.alerts.review(id, { action: 'acknowledge', reviewer: 'eve' });
    await until('nothing waits', () => waiting() === 0);
    assert.deepEqual(came(), []);
    // By their list, which keeps them for sixty days from when they were raised.
    const old = raise({ createdAt: clock.now() - 59 * dayMs }).id;
    await until('the old one', () => kept(old) !== undefined);
    const late = purgeSiteAlerts({ ...centre, changed }, 3_000 * dayMs);
    assert.equal(late(clock.now() + 2 * dayMs, 500), 1);
    assert.equal(kept(old), undefined);
  });

  it('are not taken of another signer, for another site, or a second time', async () => {
    const connection = await connect({ servers: hub.url });
    try {
      const subject = 'nightglass.federation.harbour.alert';
      const subscription = connection.subscribe(subject, { max: 1 });
      await connection.flush();
      const { id } = raise();
      let heard: Uint8Array | undefined;
      for await (const message of subscription) heard = message.data;
      assert.ok(heard !== undefined);
      await until('it', () => kept(id) !== undefined);
      const forged = new FederationSeal(
        {
          ...{ secret: keys.harbour.secret, peerKey: keys.centre.publicKey },
          privateKey: keys.station.privateKey,
        },
        ...(['harbour', centreName, Date.now()] as const),
      );
      const purpose = 'federation/harbour/question/alert';
      const body = Buffer.concat([randomBytes(16), Buffer.from('{}')]);
      const attempts: (readonly [string, Uint8Array])[] = [
        [subject, heard],
        ['nightglass.federation.station.alert', heard],
        ['nightglass.federation.harbour.gone', heard],
        [subject, forged.seal(purpose, body)],
      ];
      atCentre.write(() => atCentre.prepare('DELETE FROM site_alerts WHERE alert_id = ?').run(id));
      for (const [to, data] of attempts) {
        await assert.rejects(connection.request(to, data, { timeout: 1_000 }), to);
      }
      assert.equal(kept(id), undefined);
      const text = await centre.metrics();
      const counted = (refusal: string) =>
        Number(new RegExp(`refused_total\\{refusal="${refusal}"\\} (\\d+)`).exec(text)?.[1]);
      assert.deepEqual(
        ['replayed', 'seal', 'signature'].map((refusal) => [refusal, counted(refusal)]),
        [
          ['replayed', 1],
          ['seal', 2],
          ['signature', 1],
        ],
      );
      // Of a site that is known, told to an earlier start of the centre: it is told so.
      const station = new FederationSeal(
        {
          ...{ secret: keys.station.secret, peerKey: keys.centre.publicKey },
          privateKey: keys.station.privateKey,
        },
        ...(['station', centreName, Date.now()] as const),
      );
      const from = { site: 'station', kind: 'gone', nonce: 'ab'.repeat(16) } as const;
      const gone = { session: 'another', alerts: [id] };
      const refused = () => undefined;
      const answer = await askCentre(connection, station, { ...from, body: gone, refused });
      assert.deepEqual((answer as { stale: boolean }).stale, true);
    } finally {
      await connection.close();
    }
  });

  it('come once each to a centre that is killed while it takes them', async (t) => {
    await centre.close();
    const dataDir = join(folder, 'killed');
    let child: ChildProcess | undefined;
    t.after(() => child?.kill('SIGKILL'));
    const start = async () => {
      const script = new URL('../../support/cluster/centre-child.ts', import.meta.url).pathname;
      child = spawn(process.execPath, [script, folder, dataDir, hub.url, 'harbour,station'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (child.stdout === null) throw new Error('no output');
      await once(child.stdout, 'data');
    };
    /** What there is now; the child goes on. */
    const read = <T>(sql: string, take: (rows: Record<string, unknown>[]) => T): T => {
      using database = new DatabaseSync(join(dataDir, databaseFileName), { readOnly: true });
      return take(database.prepare(sql).all());
    };
    const raised = Array.from({ length: 40 }, () => raise({}, pictures(250_000)));
    await start();
    for (const least of [5, 50]) {
      await until(`${least} pictures`, () =>
        read(
          'SELECT count(*) AS n FROM site_alert_pictures',
          ([row]) => Number(row?.['n']) >= least,
        ),
      );
      child?.kill('SIGKILL');
      if (child !== undefined) await once(child, 'exit');
      await start();
    }
    await until('nothing waits', () => waiting() === 0);
    const ids = read('SELECT alert_id FROM site_alerts', (rows) =>
      rows.map((row) => String(row['alert_id'])),
    );
    assert.equal(new Set(ids).size, ids.length);
    for (const { id } of raised) {
      const here = read(
        `SELECT kind, jpeg FROM site_alert_pictures WHERE alert_id = '${id}' ORDER BY kind`,
        (rows) => rows.map((row) => [row['kind'], hashOf(row['jpeg'] as Uint8Array)]),
      );
      // The centre that was begun anew knows nobody: names and portraits are not taken.
      const expected = (['face', 'frame'] as const).map((kind) => [
        kind,
        hashOf(harbour.alerts.evidence(id, kind) ?? new Uint8Array()),
      ]);
      assert.deepEqual(here, expected);
    }
  });
});

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
