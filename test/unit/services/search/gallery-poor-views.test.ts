import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../../../src/domain/match.ts';
import { atOnce } from '../../../../src/services/in-turns.ts';
import { galleryOf, names, probeAt } from '../../../support/services/gallery-fixture.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';

describe('WatchlistGallery with poor views', () => {
  it('compares small probes with poor views, on the scale of the others', (t) => {
    const { lists, gallery } = galleryOf(t, true, { below: 9, scale: 0.5 });
    const list = lists.create(listInput());
    const enrol = (name: string, angle: number, poor: number | null) => {
      const person = lists.addPerson(list.id, { name });
      const poorView = poor === null ? null : { embedding: vectorAt(poor), recipe: 'r' };
      lists.addTemplate(templateFor(person.id, vectorAt(angle), { poorView }));
      return person;
    };
    enrol('Zoe', 2.9, null);
    enrol('Ada', 0, 1.2);
    const bea = enrol('Bea', 1.2, 0.4);
    enrol('Cy', 2.5, null);
    const requests = [8.9, 9, undefined, 3].map((pixels, i) => ({
      probe: probeAt(i === 3 ? 2.5 : 0.1, pixels === undefined ? {} : { interEyeDistance: pixels }),
      cameraId: 'gate',
    }));
    const found = () => requests.map(({ probe }) => gallery.search(probe, 'gate')[0]);
    assert.deepEqual(
      found().map((match) => [match?.personName, match?.scores.template]),
      [
        ['Bea', 'poor-view'],
        ['Ada', undefined],
        ['Ada', undefined],
        ['Cy', 'poor-view'],
      ],
    );
    const [small, , , without] = found();
    assert.ok(Math.abs((small?.scores.fused ?? 0) - Math.cos(0.3) / 2) < 1e-6);
    assert.ok(Math.abs((small?.scores.raw ?? 0) - Math.cos(0.2) / 2) < 1e-6);
    // A template without a poor view stands in for it as it is.
    assert.ok(Math.abs((without?.scores.fused ?? 0) - 1) < 1e-6);
    const all = gallery.searchAll(requests).next().value ?? [];
    assert.deepEqual(all.flat(), found());
    const probes = requests.map(({ probe }) => probe);
    const byHand = atOnce(gallery.candidatesOf(probes, list.id, 2));
    assert.deepEqual(
      byHand.map(([first]) => first),
      found(),
    );
    assert.deepEqual(byHand.map(names)[0], ['Bea', 'Ada']);
    // The rows of both stay together when people go.
    lists.deletePerson(bea.id);
    assert.equal(gallery.search(probes[0] as Probe, 'gate')[0]?.personName, 'Ada');
  });
});
