import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AlertTable } from '../../../../src/store/alert-table.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { galleryOf, probeAt } from '../../../support/services/gallery-fixture.ts';
import { listInput, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';

const by = { name: 'ann', address: null };

/** Ada at angle 0 on a list that reports from 0.5 (60 degrees), and faces that are not hers. */
function setUp(t: TestContext) {
  const opened = galleryOf(t);
  const { enrol, lists, store } = opened;
  const list = lists.create(listInput({ fixedThreshold: 0.5 }));
  const { person } = enrol(list.id, 'Ada', 0);
  const alerts = new AlertTable(store);
  let number = 0;
  const notAda = (angle: number, model = 'm1') => {
    number += 1;
    const alert = makeAlert(number, { watchlistId: list.id, personId: person.id });
    const policy = { retentionDays: 30, twoPersonReview: false };
    store.write(() => alerts.insert(alert, makeEvidence(number), policy));
    const score = Math.cos(angle);
    const face = { model, embedding: vectorAt(angle), score };
    return lists.lookAlikes.add({ ...face, personId: person.id, alertId: alertId(number) }, by);
  };
  const search = (angle: number) => opened.gallery.search(probeAt(angle), 'gate')[0];
  return { ...opened, list, person, notAda, search };
}

describe('a gallery with look-alikes', () => {
  it('does not report the same look-alike at its score; above it, and the person, it does', (t) => {
    const { notAda, search } = setUp(t);
    assert.equal(search(1)?.matched, true);
    notAda(1);
    const again = search(1);
    assert.equal(again?.matched, false);
    assert.ok(Math.abs((again?.threshold ?? 0) - (Math.cos(1) + 0.05)) < 1e-6);
    // Somewhat nearer to Ada, still nearer to the look-alike: above the raised threshold.
    assert.equal(search(0.6)?.matched, true);
    // Ada herself, also where she resembles her pictures less than she did.
    assert.equal(search(0)?.matched, true);
    assert.equal(search(-1)?.matched, true, 'as unlike her as the other, and not like the other');
    assert.equal(search(-1)?.threshold, 0.5);
  });

  it('reports somebody else on the list whom the look-alike is', (t) => {
    const { enrol, list, notAda, gallery, search } = setUp(t);
    notAda(0.9);
    const bea = enrol(list.id, 'Bea', 2).person;
    // Nearest to Ada (0.9), and not her; within Bea's threshold (1.1 away would be 0.45: not yet).
    assert.equal(search(0.9)?.matched, false);
    const found = search(0.96);
    assert.deepEqual([found?.personId, found?.matched], [bea.id, true]);
    const requests = [0.9, 0.96, 0].map((angle) => ({ probe: probeAt(angle), cameraId: 'gate' }));
    const pass = gallery.searchAll(requests, 1);
    let step = pass.next();
    while (!step.done) step = pass.next();
    assert.deepEqual(
      step.value.map(([match]) => [match?.personName, match?.matched]),
      [
        ['Ada', false],
        ['Bea', true],
        ['Ada', true],
      ],
    );
  });

  it('forgets one that is removed, and never compares those of another model', (t) => {
    const { lists, notAda, person, search } = setUp(t);
    notAda(1, 'm2');
    assert.equal(search(1)?.matched, true);
    const { id } = notAda(1);
    assert.equal(search(1)?.matched, false);
    lists.lookAlikes.remove(person.id, id, by);
    assert.equal(search(1)?.matched, true);
  });

  it('has them when it is opened on what is stored', (t) => {
    const { clock, notAda, store } = setUp(t);
    notAda(1);
    const audit = new AuditLog({ store, now: clock.now });
    const source = new WatchlistStore({ store, audit, now: clock.now });
    using gallery = new WatchlistGallery({
      source,
      now: clock.now,
      calibration: () => undefined,
    });
    assert.equal(gallery.search(probeAt(1), 'gate')[0]?.matched, false);
    assert.equal(gallery.search(probeAt(0), 'gate')[0]?.matched, true);
  });

  it('shows the raised threshold to a search by hand', (t) => {
    const { gallery, list, notAda } = setUp(t);
    notAda(1);
    const [candidate] = gallery.candidates(probeAt(1), list.id);
    assert.equal(candidate?.matched, false);
    assert.ok((candidate?.threshold ?? 0) > 0.5);
  });
});
