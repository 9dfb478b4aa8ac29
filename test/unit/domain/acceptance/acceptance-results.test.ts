import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptanceResults } from '../../../../src/domain/acceptance/acceptance-results.ts';
import { binomialInterval } from '../../../../src/domain/binomial-interval.ts';
import { seenAt, volunteerNamed, walkAt } from '../../../support/acceptance/walks.ts';

const plan = { rate: 0.5, halfWidth: 0.1, fpir: 0.01 };
const nothing = {
  ...{ plan, listSize: 0, volunteers: [], walks: [], appearances: [], faces: [] },
} as const;

describe('acceptanceResults', () => {
  it('knows nothing without walks and faces', () => {
    const found = acceptanceResults(nothing);
    assert.equal(found.total.tpir, null);
    assert.deepEqual(found.total.interval, [0, 1]);
    assert.equal(found.strangers.fpir, null);
    assert.deepEqual([found.rateShown, found.fpirShown], ['undecided', 'undecided']);
    assert.deepEqual(found.bySize, []);
    assert.equal(found.groups, null);
  });

  it('tells rates by camera and light', () => {
    const { byCamera, byLight, openWalks, repeated, total } = acceptanceResults({
      ...nothing,
      volunteers: [volunteerNamed('ada', 1)],
      walks: [
        walkAt(1, 100),
        walkAt(2, 200, { light: 'night' }),
        walkAt(3, 300, { cameraId: 'yard', light: 'night' }),
        walkAt(4, 400, { endedAt: null }),
      ],
      appearances: [seenAt(103), seenAt(106), seenAt(301, { cameraId: 'yard' })],
    });
    assert.deepEqual([total.walks, total.found, openWalks, repeated], [3, 2, 1, 1]);
    assert.deepEqual(total.interval, binomialInterval(2, 3));
    const told = (rates: typeof byCamera) =>
      rates.map(({ found, name, walks }) => [name, found, walks]);
    assert.deepEqual(told(byCamera), [
      ['gate', 1, 2],
      ['yard', 1, 1],
    ]);
    assert.deepEqual(told(byLight), [
      ['day', 1, 1],
      ['night', 1, 2],
    ]);
  });

  it("counts strangers' faces without volunteers' walks, and a camera that nobody counted at", () => {
    const { strangers, strangersByCamera } = acceptanceResults({
      ...nothing,
      walks: [walkAt(1, 100), walkAt(2, 200)],
      appearances: [seenAt(103), seenAt(500), seenAt(600, { cameraId: 'yard' })],
      faces: [{ cameraId: 'gate', faces: 502, source: 'people' }],
    });
    assert.deepEqual(
      strangersByCamera.map(({ cameraId, faces, falseAlerts, fpir, source }) => [
        ...[cameraId, faces, falseAlerts, fpir, source],
      ]),
      [
        ['gate', 500, 1, 1 / 500, 'people'],
        ['yard', 0, 1, null, null],
      ],
    );
    assert.deepEqual([strangers.faces, strangers.falseAlerts], [500, 2]);
    assert.deepEqual(strangers.interval, binomialInterval(2, 500));
  });

  it('computes the rate of other list sizes from independent comparisons', () => {
    const { bySize } = acceptanceResults({
      ...nothing,
      listSize: 10,
      appearances: [seenAt(500)],
      faces: [{ cameraId: 'gate', faces: 1000, source: 'people' }],
    });
    assert.deepEqual(
      bySize.map(({ size }) => size),
      [100, 1000, 10_000],
    );
    for (const { fpir, size } of bySize) {
      assert.ok(Math.abs(fpir - (1 - 0.999 ** (size / 10))) < 1e-12);
    }
  });

  it('shows or refutes a rate with its whole interval alone', () => {
    const walks = Array.from({ length: 40 }, (_, at) => walkAt(at, at * 100));
    const shownFor = (found: number) =>
      acceptanceResults({
        ...nothing,
        walks,
        appearances: walks.slice(0, found).map(({ startedAt }) => seenAt(startedAt / 1000 + 1)),
      }).rateShown;
    assert.equal(shownFor(40), 'shown');
    assert.equal(shownFor(21), 'undecided');
    assert.equal(shownFor(2), 'refuted');
  });
});
