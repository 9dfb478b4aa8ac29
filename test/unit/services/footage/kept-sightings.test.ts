import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { footageBounds } from '../../../../src/domain/bounds.ts';
import { KeptSightings } from '../../../../src/services/footage/kept-sightings.ts';
import { FootageJobTable } from '../../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../../src/store/footage-sighting-table.ts';
import { makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const jobId = 'job-1';
const found = (number: number, personId = 'person-1') =>
  makeAlert(number, { cameraId: 'footage-0', capturedAt: number, lastSeenAt: number, personId });

function open(t: TestContext) {
  const { store } = openStore(t);
  const listed = new Set(['person-1']);
  store.write(() =>
    new FootageJobTable(store).insert({
      ...{ id: jobId, origin: 'program', state: 'running', reason: 'case 17', quick: true },
      ...{ watchlistIds: ['list-1'], files: [], askedBy: 'ann', decidedBy: null, beginsAt: null },
      ...{ startedAt: 0, endedAt: null, seconds: 0, sightings: 0, figures: null, failure: null },
    }),
  );
  const sightingsOf = (beyond?: number, preliminary = false) =>
    new KeptSightings({
      ...{ store, jobId, startOf: () => null, now: () => 0, beyond, preliminary },
      isListed: (id) => listed.has(id),
    });
  const fill = (sightings: KeptSightings, count: number) =>
    store.write(() => {
      for (let at = 0; at < count; at += 1) sightings.insert(found(at), makeEvidence(1));
    });
  return { store, listed, sightingsOf, fill, table: new FootageSightingTable(store) };
}

describe('sightings of a search that are kept', () => {
  it('counts what is one too many once, however often its track gets a better picture', (t) => {
    const { sightingsOf, fill, table } = open(t);
    const sightings = sightingsOf();
    fill(sightings, footageBounds.sightings);
    const further = found(footageBounds.sightings);
    sightings.insert(further, makeEvidence(1));
    for (let times = 0; times < 3; times += 1) sightings.update(further, null);
    assert.deepEqual([sightings.beyond, sightings.count], [1, footageBounds.sightings + 1]);
    assert.equal(table.count(jobId), footageBounds.sightings);
    // It goes on from there after a restart.
    const again = sightingsOf(sightings.beyond);
    again.insert(found(footageBounds.sightings + 1), makeEvidence(1));
    assert.deepEqual([again.beyond, again.count], [2, footageBounds.sightings + 2]);
  });

  it('counts nobody who was deleted meanwhile', (t) => {
    const { listed, sightingsOf, fill, table } = open(t);
    const sightings = sightingsOf();
    fill(sightings, footageBounds.sightings - 1);
    listed.delete('person-1');
    sightings.insert(found(footageBounds.sightings), makeEvidence(1));
    assert.throws(() => sightings.update(found(footageBounds.sightings), null), {
      code: 'NOT_FOUND',
    });
    assert.deepEqual([sightings.beyond, table.count(jobId)], [0, footageBounds.sightings - 1]);
    // There is room for one more.
    listed.add('person-2');
    sightings.insert(found(footageBounds.sightings + 1, 'person-2'), makeEvidence(1));
    assert.deepEqual([sightings.beyond, table.count(jobId)], [0, footageBounds.sightings]);
  });

  it('keeps further ones where others went with their person', (t) => {
    const { store, sightingsOf, fill, table } = open(t);
    const sightings = sightingsOf();
    fill(sightings, footageBounds.sightings);
    store.write(() => table.deleteFrom(jobId, 0, 9, false));
    sightings.insert(found(footageBounds.sightings), makeEvidence(1));
    assert.equal(sightings.beyond, 0);
  });

  it('drops what a quick look found where the search was, and gives both room of their own', (t) => {
    const { store, sightingsOf, fill, table } = open(t);
    const quick = sightingsOf(undefined, true);
    fill(quick, footageBounds.sightings);
    const search = sightingsOf();
    // Times of the fixture are milliseconds: number 5,000 is at second 5.
    const own = makeAlert(20_000, { cameraId: 'footage-0', capturedAt: 4_000, lastSeenAt: 4_000 });
    store.write(() => search.insert({ ...own, personId: 'person-1' }, makeEvidence(1)));
    assert.equal(search.beyond, 0);
    assert.deepEqual(
      [table.countOf(jobId, true), table.countOf(jobId, false)],
      [footageBounds.sightings, 1],
    );
    store.write(() => search.settle(0, 5));
    assert.deepEqual([table.countOf(jobId, true), table.countOf(jobId, false)], [5_000, 1]);
    assert.equal(table.find(own.id)?.preliminary, false);
    // Each pass forgets its own alone.
    store.write(() => search.forgetFrom(0, 0));
    assert.deepEqual([table.countOf(jobId, true), table.countOf(jobId, false)], [5_000, 0]);
    store.write(() => quick.forgetFrom(0, 6));
    assert.equal(table.count(jobId), 1_000);
  });
});
