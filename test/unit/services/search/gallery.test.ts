import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import type { ListMatch, Probe } from '../../../../src/domain/match.ts';
import type { Calibration } from '../../../../src/services/search/calibration.ts';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { createStore } from '../../../../src/store/create-store.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const calibration: Calibration = {
  impostorQuantiles: [
    [1e-2, 0.2],
    [1e-4, 0.4],
  ],
};
function setUp(t: TestContext, calibrated = true) {
  const opened = openStore(t);
  const lists = new WatchlistStore({
    store: opened.store,
    audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
    now: opened.clock.now,
  });
  const standIns: string[] = [];
  const gallery = new WatchlistGallery({
    source: lists,
    now: opened.clock.now,
    calibration: () => (calibrated ? calibration : undefined),
    onUncalibrated: (model) => standIns.push(model),
  });
  t.after(() => gallery[Symbol.dispose]());
  const enrol = (watchlistId: string, name: string, ...angles: number[]) => {
    const person = lists.addPerson(watchlistId, { name });
    const templates = angles.map((angle) =>
      lists.addTemplate(templateFor(person.id, vectorAt(angle))),
    );
    return { person, templates };
  };
  return { ...opened, lists, gallery, enrol, standIns };
}
const probeAt = (angle: number, changes: Partial<Probe> = {}): Probe => ({
  model: 'm1',
  fused: vectorAt(angle),
  raw: vectorAt(angle + 0.1),
  enhanced: null,
  ...changes,
});
const shown = ({ personId, scores }: ListMatch) => [personId, scores.fused.toFixed(5)];
const names = (matches: readonly { personName: string }[]) =>
  matches.map(({ personName }) => personName);

describe('WatchlistGallery.search', () => {
  it('finds the nearest person by their nearest template, with all three scores of it', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput({ fpir: 0.01 }));
    const ada = enrol(list.id, 'Ada', 0, 1);
    enrol(list.id, 'Bea', 2);
    const [match, ...others] = gallery.search(probeAt(0.9, { enhanced: vectorAt(1.3) }), 'gate');
    assert.deepEqual(others, []);
    assert.ok(match);
    assert.equal(match.personId, ada.person.id);
    assert.equal(match.templateId, ada.templates[1]?.id);
    const close = (a: number | null, b: number) => assert.ok(Math.abs((a ?? 9) - b) < 1e-6, `${a}`);
    close(match.scores.fused, Math.cos(0.1));
    close(match.scores.raw, 1);
    close(match.scores.enhanced, Math.cos(0.3));
    assert.equal(match.gallerySize, 2);
    assert.equal(match.fpir, 0.01);
    assert.equal(match.matched, true);
    assert.ok(match.threshold > 0.2 && match.threshold < 0.4);
  });

  it('finds the same for many probes at once, each in its place', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    enrol(lists.create(listInput({ name: 'a', cameras: ['gate'] })).id, 'Ada', 0, 1);
    const list = lists.create(listInput({ name: 'b', cameras: '*' }));
    for (let i = 0; i < 40; i += 1) enrol(list.id, `P${i}`, i / 20);
    const probes = Array.from({ length: 37 }, (_, i) =>
      i % 5 === 3 ? probeAt(i, { model: 'other' }) : probeAt(i / 17, { enhanced: vectorAt(i) }),
    );
    const requests = probes.map((probe, i) => ({ probe, cameraId: i % 7 === 2 ? 'yard' : 'gate' }));
    const one = requests.map(({ probe, cameraId }) => gallery.search(probe, cameraId));
    assert.deepEqual(gallery.searchAll(requests).next(), { done: true, value: one });
    assert.deepEqual(gallery.searchAll([]).next(), { done: true, value: [] });
    const sliced = gallery.searchAll(requests, 100);
    let stops = 0;
    let step = sliced.next();
    for (; !step.done; step = sliced.next()) stops += 1;
    assert.deepEqual(step.value, one);
    assert.ok(stops > 10, `${stops} stops`);
  });

  it('does not tell of a list that goes while it is searched', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput());
    for (let i = 0; i < 40; i += 1) enrol(list.id, `P${i}`, i / 20);
    const pass = gallery.searchAll([{ probe: probeAt(0), cameraId: 'gate' }], 1);
    assert.equal(pass.next().done, false);
    lists.delete(list.id);
    let step = pass.next();
    while (!step.done) step = pass.next();
    assert.deepEqual(step.value, [[]]);
  });

  it('gives the best candidate also below the threshold, not matched', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    enrol(lists.create(listInput()).id, 'Ada', 0);
    const [match] = gallery.search(probeAt(1.5), 'gate');
    assert.equal(match?.matched, false);
  });

  it('searches each list that names the camera, and no other', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    enrol(lists.create(listInput({ name: 'a', cameras: ['gate'] })).id, 'Ada', 0);
    enrol(lists.create(listInput({ name: 'b', cameras: ['yard'] })).id, 'Bea', 0);
    enrol(lists.create(listInput({ name: 'c', cameras: '*' })).id, 'Cy', 0);
    lists.create(listInput({ name: 'empty' }));
    assert.deepEqual(names(gallery.search(probeAt(0), 'gate')).sort(), ['Ada', 'Cy']);
    assert.deepEqual(names(gallery.search(probeAt(0), 'yard')).sort(), ['Bea', 'Cy']);
  });

  it('never compares templates of different models', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput());
    const { person } = enrol(list.id, 'Ada', 0);
    const ofOther = templateFor(person.id, vectorAt(0, 8), { model: 'm2' });
    lists.addTemplate(ofOther);
    assert.deepEqual(gallery.search(probeAt(0, { model: 'm3' }), 'gate'), []);
    const eight = vectorAt(0, 8);
    const [match] = gallery.search(
      { model: 'm2', fused: eight, raw: eight, enhanced: null },
      'gate',
    );
    assert.equal(match?.personName, 'Ada');
    assert.deepEqual(gallery.stats()[0]?.templates, { m1: 1, m2: 1 });
  });

  it('follows changes at once', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput());
    const nearest = () => names(gallery.search(probeAt(0), 'gate'));
    assert.deepEqual(nearest(), []);
    const ada = enrol(list.id, 'Ada', 0.5);
    assert.deepEqual(nearest(), ['Ada']);
    const bea = enrol(list.id, 'Bea', 0.1, 0.2);
    assert.deepEqual(nearest(), ['Bea']);
    lists.deleteTemplate(bea.templates[0]?.id ?? '');
    lists.deleteTemplate(bea.templates[1]?.id ?? '');
    assert.deepEqual(nearest(), ['Ada']);
    lists.updatePerson(ada.person.id, { name: 'Ada L' });
    assert.deepEqual(nearest(), ['Ada L']);
    lists.update(list.id, { cameras: ['yard'] });
    assert.deepEqual(nearest(), []);
    lists.update(list.id, { cameras: '*', fixedThreshold: 0.99 });
    assert.equal(gallery.search(probeAt(0), 'gate')[0]?.matched, false);
    lists.deletePerson(ada.person.id);
    assert.deepEqual(nearest(), []);
    lists.delete(list.id);
    assert.deepEqual(gallery.stats(), []);
  });

  it('stops matching at the moment of expiry, before any purge', (t) => {
    const { lists, gallery, enrol, clock } = setUp(t);
    enrol(lists.create(listInput({ expiresAt: clock.now() + 1000 })).id, 'Ada', 0);
    clock.advance(999);
    assert.equal(gallery.search(probeAt(0), 'gate').length, 1);
    clock.advance(1);
    assert.equal(gallery.search(probeAt(0), 'gate').length, 0);
    assert.equal(gallery.stats()[0]?.inForce, false);
  });

  it('raises the threshold as the list grows', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput({ fpir: 0.01 }));
    enrol(list.id, 'Ada', 0);
    const before = gallery.search(probeAt(0), 'gate')[0]?.threshold ?? 0;
    for (let i = 0; i < 20; i += 1) enrol(list.id, `Other ${i}`, 2);
    const after = gallery.search(probeAt(0), 'gate')[0]?.threshold ?? 0;
    assert.ok(after > before + 0.1, `${before} ${after}`);
  });

  it('marks a model without calibration, once', (t) => {
    const { lists, gallery, enrol, standIns } = setUp(t, false);
    enrol(lists.create(listInput()).id, 'Ada', 0);
    for (let i = 0; i < 2; i += 1) gallery.search(probeAt(0), 'gate');
    assert.equal(gallery.search(probeAt(0), 'gate')[0]?.threshold, 0.6);
    assert.deepEqual(standIns, ['m1']);
  });

  it('agrees with a plain search through many additions and removals', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput());
    const people = new Map<string, number[]>();
    for (let i = 0; i < 60; i += 1) {
      const angles = [(i * 0.37) % 3, (i * 0.91) % 3];
      const { person } = enrol(list.id, `P${i}`, ...angles);
      people.set(person.id, angles);
      if (i % 3 === 2) {
        const gone = [...people.keys()][i % people.size] as string;
        lists.deletePerson(gone);
        people.delete(gone);
      }
      const angle = (i * 0.53) % 3;
      const distance = (angles: number[]) => Math.min(...angles.map((a) => Math.abs(a - angle)));
      const best = Math.min(...[...people.values()].map(distance));
      const [match] = gallery.search(probeAt(angle), 'gate');
      assert.ok(Math.abs((match?.scores.fused ?? 0) - Math.cos(best)) < 1e-6);
      assert.ok(Math.abs(distance(people.get(match?.personId ?? '') ?? []) - best) < 1e-6);
    }
  });
});

describe('WatchlistGallery', () => {
  it('gives the best people of one list, whatever its cameras', (t) => {
    const { lists, gallery, enrol } = setUp(t);
    const list = lists.create(listInput({ cameras: ['nowhere'] }));
    enrol(list.id, 'Far', 1.4);
    enrol(list.id, 'Near', 0.2, 0.1);
    enrol(list.id, 'Middle', 0.7);
    assert.deepEqual(names(gallery.candidates(probeAt(0), list.id, 2)), ['Near', 'Middle']);
    assert.throws(
      () => gallery.candidates(probeAt(0), 'none'),
      (error) => isNightglassError(error, 'NOT_FOUND'),
    );
  });

  it('loads what is stored, and what another process enrols', async (t) => {
    const { lists, gallery, enrol, dataDir, clock } = setUp(t);
    const list = lists.create(listInput());
    enrol(list.id, 'Ada', 1);
    assert.equal(await gallery.refresh(), false);
    const otherStore = createStore({ dataDir, clock });
    t.after(() => otherStore.close());
    const other = new WatchlistStore({
      store: otherStore,
      audit: new AuditLog({ store: otherStore, now: clock.now }),
      now: clock.now,
    });
    const bea = other.addPerson(list.id, { name: 'Bea' });
    other.addTemplate(templateFor(bea.id, vectorAt(0)));
    assert.deepEqual(names(gallery.search(probeAt(0), 'gate')), ['Ada']);
    assert.equal(await gallery.refresh(), true);
    assert.deepEqual(names(gallery.search(probeAt(0), 'gate')), ['Bea']);
    assert.equal(await gallery.refresh(), false);
  });

  it('is searched as it was until it is loaded again, and misses no change meanwhile', async (t) => {
    const { lists, gallery, enrol, dataDir, clock } = setUp(t);
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

  it('gives each probe its own candidates, whoever else is searched with it', (t) => {
    const { lists, gallery, enrol } = setUp(t);
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
    const { lists, gallery, enrol } = setUp(t);
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

  it('follows no longer once it is disposed of', (t) => {
    const { lists, gallery } = setUp(t);
    gallery[Symbol.dispose]();
    lists.create(listInput());
    assert.deepEqual(gallery.stats(), []);
  });
});
