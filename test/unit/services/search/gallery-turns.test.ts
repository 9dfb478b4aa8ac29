import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { galleryOf, names, probeAt, shown } from '../../../support/services/gallery-fixture.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { createStore } from '../../../support/store/test-store.ts';

describe('a gallery that works in turns', () => {
  it('is searched as it was until it is loaded again, and misses no change meanwhile', async (t) => {
    const { lists, gallery, enrol, dataDir, clock } = galleryOf(t);
    const [one, two] = [lists.create(listInput()), lists.create(listInput({ name: 'two' }))];
    // Three steps of reading each.
    const early = Array.from({ length: 120 }, (_, i) => enrol(one.id, `P${i}`, 1 + i / 200));
    for (let i = 0; i < 120; i += 1) enrol(two.id, `Q${i}`, 2 + i / 200);
    const otherStore = createStore({ dataDir, clock });
    t.after(() => otherStore.close());
    const audit = new AuditLog({ store: otherStore, now: clock.now });
    const other = new WatchlistStore({ store: otherStore, audit, now: clock.now });
    const bea = other.addPerson(one.id, { name: 'Bea' });
    other.addTemplate(templateFor(bea.id, vectorAt(0)));
    const reload = gallery.refresh();
    assert.equal(await gallery.refresh(), false, 'one at a time');
    assert.ok(!names(gallery.candidates(probeAt(0), one.id, 200)).includes('Bea'));
    // Behind and before what has been read: one who comes, one who goes, one who is renamed.
    await new Promise((resolve) => setImmediate(resolve));
    enrol(one.id, 'Cid', 0.1);
    lists.deletePerson(early[0]?.person.id ?? '');
    lists.updatePerson(early[119]?.person.id ?? '', { name: 'Renamed' });
    lists.delete(two.id);
    const made = lists.create(listInput({ name: 'three' }));
    enrol(made.id, 'Dan', 0.2);
    assert.equal(await reload, true);
    const found = names(gallery.candidates(probeAt(0), one.id, 200));
    assert.deepEqual(found.slice(0, 3), ['Bea', 'Cid', 'P1']);
    assert.deepEqual([found.length, found.at(-1)], [121, 'Renamed']);
    assert.throws(() => gallery.candidates(probeAt(0), two.id), { code: 'NOT_FOUND' });
    assert.deepEqual(names(gallery.candidates(probeAt(0), made.id)), ['Dan']);
    assert.equal(await gallery.refresh(), false);
  });

  it('opens with all that is on the lists, and with what comes and goes while it loads', async (t) => {
    const { lists, enrol, clock } = galleryOf(t);
    const [one, two] = [lists.create(listInput()), lists.create(listInput({ name: 'two' }))];
    for (let i = 0; i < 120; i += 1) enrol(one.id, `P${i}`, 1 + i / 200);
    enrol(two.id, 'Bea', 0);
    let opened = false;
    const opening = WatchlistGallery.open({
      ...{ source: lists, now: clock.now, calibration: () => undefined },
    }).finally(() => {
      opened = true;
    });
    await Promise.resolve();
    assert.equal(opened, false, 'it waits for its turn');
    enrol(one.id, 'Cid', 0.1);
    lists.delete(two.id);
    using gallery = await opening;
    const found = names(gallery.candidates(probeAt(0), one.id, 200));
    assert.deepEqual([found.length, found[0]], [121, 'Cid']);
    assert.equal(gallery.has(two.id), false);
    assert.equal(await gallery.refresh(), false, 'nothing is left to load');
  });

  it('gives each probe its own candidates, whoever else is searched with it', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
    const list = lists.create(listInput());
    for (let i = 0; i < 60; i += 1) enrol(list.id, `P${i}`, i / 20, (i + 7) / 20);
    const probes = Array.from({ length: 37 }, (_, i) => probeAt(i / 11));
    const steps = gallery.candidatesOf(probes, list.id, 5);
    let step = steps.next();
    for (; !step.done; step = steps.next());
    for (const [at, probe] of probes.entries()) {
      assert.deepEqual(
        step.value[at]?.map(shown),
        gallery.candidates(probe, list.id, 5).map(shown),
      );
      assert.equal(new Set(names(step.value[at] ?? [])).size, 5, 'each person once');
    }
  });

  it('searches again where the list is loaded again meanwhile, and drops one that is gone', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
    const list = lists.create(listInput());
    for (let i = 0; i < 20; i += 1) enrol(list.id, `P${i}`, 1 + i / 20);
    const probes = Array.from({ length: 40 }, () => probeAt(0));
    const steps = gallery.candidatesOf(probes, list.id, 1);
    steps.next();
    enrol(list.id, 'Near', 0);
    let step = steps.next();
    for (; !step.done; step = steps.next());
    assert.deepEqual(names(step.value[39] ?? []), ['Near']);
    const late = gallery.candidatesOf(probes, list.id, 1);
    late.next();
    lists.delete(list.id);
    let end = late.next();
    for (; !end.done; end = late.next());
    assert.deepEqual(end.value[39], []);
  });
});
