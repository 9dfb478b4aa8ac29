import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { galleryOf, names, probeAt } from '../../../support/services/gallery-fixture.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { createStore } from '../../../support/store/test-store.ts';

describe('WatchlistGallery.search', () => {
  it('finds the nearest person by their nearest template, with all three scores of it', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol } = galleryOf(t);
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

  it('compares no face with a list that is disarmed, nor of a camera that is', (t) => {
    const disarmed = new Set<string>();
    const compares = (list: string, camera: string) => !disarmed.has(list) && !disarmed.has(camera);
    const { lists, gallery, enrol } = galleryOf(t, true, undefined, compares);
    const [one, other] = ['one', 'other'].map((name) => lists.create(listInput({ name })));
    assert.ok(one && other);
    for (const { id } of [one, other]) for (let i = 0; i < 20; i += 1) enrol(id, `P${i}`, i / 20);
    const found = (camera: string) => gallery.search(probeAt(0), camera).length;
    const both = ['gate', 'yard'].map((cameraId) => ({ probe: probeAt(0), cameraId }));
    const foundAll = () =>
      gallery
        .searchAll(both)
        .next()
        .value?.map(({ length }) => length);
    assert.deepEqual([found('gate'), found('yard'), foundAll()], [2, 2, [2, 2]]);
    disarmed.add(one.id);
    assert.deepEqual([found('gate'), found('yard'), foundAll()], [1, 1, [1, 1]]);
    disarmed.add('gate');
    assert.deepEqual([found('gate'), found('yard'), foundAll()], [0, 1, [0, 1]]);
    assert.equal(gallery.bytes(probeAt(0), 'gate'), 0);
    // A person who searches by hand is no camera.
    assert.equal(gallery.candidates(probeAt(0), one.id).length, 10);
    disarmed.clear();
    const pass = gallery.searchAll(both, 1);
    assert.equal(pass.next().done, false);
    disarmed.add(one.id).add(other.id);
    let step = pass.next();
    while (!step.done) step = pass.next();
    assert.deepEqual(step.value, [[], []], 'disarmed while it was searched');
  });

  it('does not tell of a list that goes while it is searched', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol } = galleryOf(t);
    enrol(lists.create(listInput()).id, 'Ada', 0);
    const [match] = gallery.search(probeAt(1.5), 'gate');
    assert.equal(match?.matched, false);
  });

  it('searches each list that names the camera, and no other', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
    enrol(lists.create(listInput({ name: 'a', cameras: ['gate'] })).id, 'Ada', 0);
    enrol(lists.create(listInput({ name: 'b', cameras: ['yard'] })).id, 'Bea', 0);
    enrol(lists.create(listInput({ name: 'c', cameras: '*' })).id, 'Cy', 0);
    lists.create(listInput({ name: 'empty' }));
    assert.deepEqual(names(gallery.search(probeAt(0), 'gate')).sort(), ['Ada', 'Cy']);
    assert.deepEqual(names(gallery.search(probeAt(0), 'yard')).sort(), ['Bea', 'Cy']);
  });

  it('searches no list at cameras that is meant for recorded footage alone', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
    const list = lists.create(listInput({ uses: ['footage'] }));
    enrol(list.id, 'Ada', 0);
    const probes = [{ probe: probeAt(0), cameraId: 'gate' }];
    assert.deepEqual(gallery.search(probeAt(0), 'gate'), []);
    assert.deepEqual(gallery.searchAll(probes).next().value, [[]]);
    lists.update(list.id, { uses: ['footage', 'live'] });
    assert.deepEqual(lists.get(list.id).uses, ['live', 'footage']);
    assert.deepEqual(names(gallery.search(probeAt(0), 'gate')), ['Ada']);
    lists.update(list.id, { uses: ['footage'] });
    assert.deepEqual(gallery.search(probeAt(0), 'gate'), []);
  });

  it('never compares templates of different models', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol, clock } = galleryOf(t);
    enrol(lists.create(listInput({ expiresAt: clock.now() + 1000 })).id, 'Ada', 0);
    clock.advance(999);
    assert.equal(gallery.search(probeAt(0), 'gate').length, 1);
    clock.advance(1);
    assert.equal(gallery.search(probeAt(0), 'gate').length, 0);
    assert.equal(gallery.stats()[0]?.inForce, false);
  });

  it('raises the threshold as the list grows', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
    const list = lists.create(listInput({ fpir: 0.01 }));
    enrol(list.id, 'Ada', 0);
    const before = gallery.search(probeAt(0), 'gate')[0]?.threshold ?? 0;
    for (let i = 0; i < 20; i += 1) enrol(list.id, `Other ${i}`, 2);
    const after = gallery.search(probeAt(0), 'gate')[0]?.threshold ?? 0;
    assert.ok(after > before + 0.1, `${before} ${after}`);
  });

  it('marks a model without calibration, once', (t) => {
    const { lists, gallery, enrol, standIns } = galleryOf(t, false);
    enrol(lists.create(listInput()).id, 'Ada', 0);
    for (let i = 0; i < 2; i += 1) gallery.search(probeAt(0), 'gate');
    assert.equal(gallery.search(probeAt(0), 'gate')[0]?.threshold, 0.6);
    assert.deepEqual(standIns, ['m1']);
  });

  it('agrees with a plain search through many additions and removals', (t) => {
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol } = galleryOf(t);
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
    const { lists, gallery, enrol, dataDir, clock } = galleryOf(t);
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

  it('follows no longer once it is disposed of', (t) => {
    const { lists, gallery } = galleryOf(t);
    gallery[Symbol.dispose]();
    lists.create(listInput());
    assert.deepEqual(gallery.stats(), []);
  });
});
