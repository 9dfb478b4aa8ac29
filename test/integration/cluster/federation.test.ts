// Over 300 lines: one hub, one leaf node and three programs, whose states follow one another.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { askCentre, centreName } from '../../../src/cluster/federation-line.ts';
import { FederationSeal } from '../../../src/cluster/federation-seal.ts';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import type { FederationView } from '../../../src/domain/federation.ts';
import {
  centreConfig,
  type FederationEnd,
  openEnd as open,
  siteConfig,
  startHubAndLeaf,
  writeFederationKeys,
} from '../../support/cluster/federation-ends.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { createMemoryStore } from '../../support/store/test-store.ts';

const patience = 60_000;
/** What another end has for a key. */
const foreign = generateKeyPairSync('ed25519');

type End = FederationEnd;

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** By id: two of one millisecond have no order. */
function imagesOf(end: End, list: string) {
  return end.lists.templatesOfList(list).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function siteView(end: End): Extract<FederationView, { role: 'site' }> {
  const view = end.federation.service.state();
  assert.equal(view.role, 'site');
  return view as Extract<FederationView, { role: 'site' }>;
}

function centreView(end: End): Extract<FederationView, { role: 'centre' }> {
  const view = end.federation.service.state();
  assert.equal(view.role, 'centre');
  return view as Extract<FederationView, { role: 'centre' }>;
}

function enrol(end: End, list: string, name: string, angle: number): string {
  const { id } = end.lists.addPerson(list, { name, note: `note on ${name}` });
  end.lists.addTemplate(templateFor(id, vectorAt(angle), { image: randomBytes(3_000) }));
  return id;
}

describe('a centre and its sites over leaf nodes', { skip: noNats, timeout: 300_000 }, () => {
  let folder: string;
  let hub: NatsServer;
  let leaf: NatsServer;
  let centre: End;
  let harbour: End;
  let station: End;
  /** Records of an end outlast its program. */
  const kept = { harbour: createMemoryStore(), station: createMemoryStore() };
  let keys: Awaited<ReturnType<typeof writeFederationKeys<'centre' | 'harbour' | 'station'>>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-federation-'));
    keys = await writeFederationKeys(folder, ['centre', 'harbour', 'station']);
    ({ hub, leaf } = await startHubAndLeaf(folder));
    centre = open(folder, centreConfig(['harbour', 'station'], hub.url), createMemoryStore());
    harbour = open(folder, siteConfig('harbour', leaf.url), kept.harbour);
    station = open(folder, siteConfig('station', hub.url), kept.station);
  });
  after(async () => {
    await Promise.all([centre?.close(), harbour?.close(), station?.close()]);
    await Promise.all([hub?.[Symbol.asyncDispose](), leaf?.[Symbol.asyncDispose]()]);
    await rm(folder, { recursive: true, force: true });
  });

  let list: string;
  let ann: string;
  let ben: string;

  it('brings a list to the sites that it names, with people, pictures and rules', async () => {
    const made = centre.lists.create(
      listInput({ name: 'Harbour ban', fpir: 0.0001, cameras: ['a'] }),
    );
    list = made.id;
    ann = enrol(centre, list, 'Ann', 0.1);
    ben = enrol(centre, list, 'Ben', 0.2);
    centre.federation.service.setSites(list, ['harbour'], { name: 'admin' });
    await until('list at the site', () => harbour.lists.received.version(list) !== undefined);
    await until('all of it', () => siteView(harbour).lists.some(({ version }) => version > 0));
    const there = harbour.lists.get(list);
    assert.deepEqual(there, { ...centre.lists.get(list), cameras: '*' });
    assert.deepEqual(harbour.lists.people(list), centre.lists.people(list));
    assert.deepEqual(imagesOf(harbour, list), imagesOf(centre, list));
    for (const { id } of centre.lists.templatesOfList(list)) {
      assert.deepEqual(harbour.lists.templateImage(id), centre.lists.templateImage(id));
    }
    await until('the other site heard', () => siteView(station).heardAt !== null);
    assert.deepEqual(station.lists.list(), []);
    const [record] = centre.audit.list({ what: 'watchlist.sites_set', order: 'newest', limit: 1 });
    assert.deepEqual(detailOf(record)['sites'], ['harbour']);
    await until('the centre knows', () =>
      centreView(centre).sites.every(({ up, behind }) => up && behind.length === 0),
    );
  });

  it('lets nobody at the site change it', () => {
    const { lists } = harbour;
    const template = lists.templatesOfList(list)[0]?.id ?? '';
    const changes: (() => unknown)[] = [
      () => lists.update(list, { fpir: 0.5 }),
      () => lists.delete(list),
      () => lists.addPerson(list, { name: 'Cid' }),
      () => lists.updatePerson(ann, { name: 'Anna' }),
      () => lists.deletePerson(ann),
      () => lists.deleteTemplate(template),
      () => lists.addTemplate(templateFor(ann, vectorAt(0.3))),
      () => lists.putInForce(list, { revision: 1 }, systemActor, []),
    ];
    for (const change of changes) {
      assert.throws(change, (error) => isNightglassError(error, 'CONFLICT'), String(change));
    }
    assert.equal(lists.people(list).length, 2);
  });

  it('catches up after the line was cut and both ends started again', async () => {
    await hub.kill();
    await until('the site alone', () => !centreView(centre).connected);
    assert.equal(harbour.lists.get(list).name, 'Harbour ban');
    await harbour.close();
    centre.lists.deletePerson(ann);
    centre.lists.updatePerson(ben, { note: 'seen in June' });
    const [old] = centre.lists.templates(ben);
    centre.lists.addTemplate(templateFor(ben, vectorAt(0.25), { sourceSha256: 'cd' }));
    centre.lists.deleteTemplate(old?.id ?? '');
    const dora = enrol(centre, list, 'Dora', 0.4);
    centre.lists.update(list, { retentionDays: 7, priority: 'urgent' });
    const second = centre.lists.create(listInput({ name: 'Second' })).id;
    centre.federation.service.setSites(second, ['harbour', 'station'], systemActor);
    // A local list of a name that the centre uses stays what it is.
    const local = station.lists.create(listInput({ name: 'Second', owner: 'Station' })).id;
    harbour = open(folder, siteConfig('harbour', leaf.url), kept.harbour);
    assert.equal(harbour.lists.people(list).length, 2);
    await hub.up();
    await until('nothing behind', () => {
      const site = centreView(centre).sites.find((each) => each.site === 'harbour');
      return site?.behind.length === 0 && site.lists.length === 2;
    });
    assert.deepEqual(
      harbour.lists
        .people(list)
        .map(({ id }) => id)
        .sort(),
      [ben, dora].sort(),
    );
    assert.equal(harbour.lists.findPerson(ann), undefined);
    assert.equal(harbour.lists.getPerson(ben).note, 'seen in June');
    assert.deepEqual(imagesOf(harbour, list), imagesOf(centre, list));
    assert.equal(harbour.lists.get(list).retentionDays, 7);
    await until('a name that is taken', () => siteView(station).refused.length === 1);
    assert.deepEqual(
      station.lists.list().map(({ id }) => id),
      [local],
    );
    assert.equal(station.lists.get(local).owner, 'Station');
    assert.ok(station.federation.problems().some(({ code }) => code === 'FEDERATION_REFUSED'));
    await until('the deletion is on record', () => removedAt(centre, 'harbour').includes(ann));
  });

  it('takes a list away where it goes no more, and where it is deleted', async () => {
    const second = centre.lists.findByName('Second')?.id ?? '';
    centre.federation.service.setSites(second, ['station'], systemActor);
    await until('taken away', () => harbour.lists.find(second) === undefined);
    centre.lists.delete(list);
    await until('deleted', () => harbour.lists.list().length === 0);
    assert.equal(harbour.lists.findPerson(ben), undefined);
    await until('on record', () => removedAt(centre, 'harbour').includes(list));
  });

  it('refuses and counts what another signed, sealed, addressed or sent again', async () => {
    const connection = await connect({ servers: hub.url });
    const refusedBefore = await refusals(centre);
    const site = { secret: keys.harbour.secret, peerKey: keys.centre.publicKey };
    const seal = (privateKey = keys.harbour.privateKey, own = 'harbour', shared = site.secret) =>
      new FederationSeal({ ...site, secret: shared, privateKey }, own, centreName, Date.now());
    try {
      // Another key, another secret, another name within the seal, another site's subject.
      await assertSilent(connection, seal(foreign.privateKey), 'harbour');
      await assertSilent(connection, seal(undefined, undefined, 'x'.repeat(40)), 'harbour');
      await assertSilent(connection, seal(undefined, 'station'), 'harbour');
      await assertSilent(connection, seal(), 'station');
      // The message of the site itself, a second time.
      const subscription = connection.subscribe('nightglass.federation.station.state', { max: 1 });
      let heard: Uint8Array | undefined;
      for await (const message of subscription) heard = message.data;
      assert.ok(heard !== undefined);
      const again = connection.request('nightglass.federation.station.state', heard, {
        timeout: 1_000,
      });
      await assert.rejects(again);
      const changed = Uint8Array.from(heard);
      changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 1;
      const broken = connection.request('nightglass.federation.station.state', changed, {
        timeout: 1_000,
      });
      await assert.rejects(broken);
    } finally {
      await connection.close();
    }
    // Nobody answers, so nothing says when the centre is done with it.
    const expected = '{"signature":1,"seal":4,"replayed":1}';
    for (const end = Date.now() + patience; ; ) {
      const now = await refusals(centre);
      const more = ['signature', 'seal', 'replayed'].map((reason) => [
        reason,
        (now.get(reason) ?? 0) - (refusedBefore.get(reason) ?? 0),
      ]);
      const counted = JSON.stringify(Object.fromEntries(more));
      if (counted === expected) break;
      assert.ok(Date.now() < end, counted);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('takes no answer but the one of its centre to its own question', async () => {
    const connection = await connect({ servers: hub.url });
    const keysOfSite = { secret: keys.harbour.secret, peerKey: keys.centre.publicKey };
    const mine = new FederationSeal(
      { ...keysOfSite, privateKey: keys.harbour.privateKey },
      ...(['harbour', centreName, Date.now()] as const),
    );
    const reasons: string[] = [];
    const nonce = 'ab'.repeat(16);
    const answers = [
      [foreign.privateKey, `federation/harbour/answer/${nonce}`],
      [keys.centre.privateKey, `federation/harbour/answer/${'cd'.repeat(16)}`],
      [keys.centre.privateKey, `federation/station/answer/${nonce}`],
    ] as const;
    try {
      for (const [privateKey, purpose] of answers) {
        const theirs = new FederationSeal(
          { secret: keys.harbour.secret, privateKey, peerKey: keys.harbour.publicKey },
          ...([centreName, 'harbour', Date.now()] as const),
        );
        // A centre of another subject, that nobody else listens at.
        const impostor = connection.subscribe('nightglass.federation.nowhere.state', { max: 1 });
        const answering = (async () => {
          for await (const message of impostor) {
            message.respond(theirs.seal(purpose, Buffer.from('{"lists":[],"removals":[]}')));
          }
        })();
        const refused = (reason: string) => reasons.push(reason);
        const from = { site: 'nowhere', kind: 'state', body: {}, nonce, refused } as const;
        await assert.rejects(askCentre(connection, mine, from), (error) =>
          isNightglassError(error, 'FEDERATION_REFUSED'),
        );
        await answering;
      }
    } finally {
      await connection.close();
    }
    assert.deepEqual(reasons, ['seal', 'seal', 'seal']);
  });
});

/** Asks, and is not answered. */
async function assertSilent(
  connection: NatsConnection,
  seal: FederationSeal,
  site: string,
): Promise<void> {
  const body = Buffer.concat([randomBytes(16), Buffer.from('{"lists":[],"removals":[]}')]);
  const question = seal.seal('federation/harbour/question/state', body);
  const asked = connection.request(`nightglass.federation.${site}.state`, question, {
    timeout: 1_000,
  });
  await assert.rejects(asked);
}

function detailOf(record: { readonly detail: unknown } | undefined): Record<string, unknown> {
  return (record?.detail ?? {}) as Record<string, unknown>;
}

function removedAt(centre: End, site: string): string[] {
  return centre.audit
    .list({ what: 'federation.removed', order: 'newest', limit: 50 })
    .filter(({ target }) => target === site)
    .flatMap((record) => (detailOf(record)['removed'] as { id: string }[]).map(({ id }) => id));
}

async function refusals(end: End): Promise<Map<string, number>> {
  const text = await end.metrics();
  const found = text.matchAll(/nightglass_federation_refused_total\{refusal="(\w+)"\} (\d+)/g);
  return new Map([...found].map(([, reason, count]) => [reason ?? '', Number(count)]));
}
