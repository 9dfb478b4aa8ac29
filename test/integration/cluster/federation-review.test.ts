import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { awaitsReview } from '../../../src/domain/list-review.ts';
import { watchlistsService } from '../../../src/services/watchlists/watchlists-service.ts';
import {
  centreConfig,
  type FederationEnd,
  openEnd,
  siteConfig,
  writeFederationKeys,
} from '../../support/cluster/federation-ends.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { createMemoryStore } from '../../support/store/test-store.ts';

const [ann, ben] = [{ name: 'ann' }, { name: 'ben' }];

describe('lists that wait for a review, and sites', { skip: noNats, timeout: 120_000 }, () => {
  let folder: string;
  let nats: NatsServer;
  let centre: FederationEnd;
  let harbour: FederationEnd;
  let station: FederationEnd;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-review-'));
    await writeFederationKeys(folder, ['centre', 'harbour', 'station']);
    nats = await NatsServer.start(folder);
    const config = centreConfig(['harbour', 'station'], nats.url);
    centre = openEnd(folder, config, createMemoryStore(), undefined, 'required');
    harbour = openEnd(folder, siteConfig('harbour', nats.url), createMemoryStore());
    station = openEnd(folder, siteConfig('station', nats.url), createMemoryStore());
  });
  after(async () => {
    await Promise.all([centre, harbour, station].map((end) => end?.close()));
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('go nowhere, and to no further site, before somebody else has looked at that', async () => {
    const list = centre.lists.create(listInput({ name: 'Ban' }), ann).id;
    const { id: person } = centre.lists.addPerson(list, { name: 'Carl' }, ann);
    centre.lists.addTemplate(templateFor(person, vectorAt(0.1)));
    const send = (sites: string[]) => centre.federation.service.setSites(list, sites, ann);
    const service = watchlistsService(centre.lists, Date.now, () => ['ann', 'ben']);
    const putInForce = () =>
      service.putInForce(list, { revision: centre.lists.get(list).review.revision }, ben);
    send(['harbour']);
    await heardTwice(harbour);
    assert.deepEqual(harbour.lists.list(), []);
    assert.ok(
      service.get(list)?.changes.some(({ field }) => field === 'sites'),
      'whoever looks at it sees where it goes',
    );
    putInForce();
    await until(() => harbour.lists.findPerson(person) !== undefined);

    send(['harbour', 'station']);
    await until(() => awaitsReview(harbour.lists.get(list)));
    await heardTwice(station);
    assert.deepEqual(station.lists.list(), []);
    assert.equal(harbour.lists.findPerson(person)?.name, 'Carl', 'it stays where it was');
    assert.deepEqual(service.get(list)?.changes, [
      { field: 'sites', before: ['harbour'], after: ['harbour', 'station'] },
    ]);
    putInForce();
    await until(() => station.lists.findPerson(person) !== undefined);
    assert.equal(awaitsReview(station.lists.get(list)), false);

    send(['station']);
    assert.equal(awaitsReview(centre.lists.get(list)), false, 'taking it away needs no review');
    await until(() => harbour.lists.find(list) === undefined);
  });
});

/** Until the site has had the centre's answer to two further questions. */
async function heardTwice(end: FederationEnd): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const before = heardAt(end);
    await until(() => (heardAt(end) ?? 0) > (before ?? 0));
  }
}

function heardAt(end: FederationEnd): number | null {
  const view = end.federation.service.state();
  return view.role === 'site' ? view.heardAt : null;
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > end) throw new Error('In vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
