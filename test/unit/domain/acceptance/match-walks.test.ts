import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchWalks, walkSlackMs } from '../../../../src/domain/acceptance/match-walks.ts';
import { seenAt, walkAt } from '../../../support/acceptance/walks.ts';

const slack = walkSlackMs / 1000;
const counts = (...given: Parameters<typeof matchWalks>) =>
  matchWalks(...given).walks.map(({ appearances }) => appearances);

describe('matchWalks', () => {
  it('gives an appearance to the walk that it begins or ends in', () => {
    const walks = [walkAt(1, 100), walkAt(2, 200)];
    assert.deepEqual(counts(walks, [seenAt(103)]), [1, 0]);
    assert.deepEqual(counts(walks, [seenAt(110 + slack)]), [1, 0]);
    assert.deepEqual(counts(walks, [seenAt(200 - slack - 2)]), [0, 1]);
    assert.deepEqual(counts(walks, [seenAt(201), seenAt(205)]), [0, 2]);
  });

  it('gives it to one walk alone', () => {
    const walks = [walkAt(1, 100), walkAt(2, 112)];
    assert.deepEqual(counts(walks, [seenAt(109, { to: 113_000 })]), [1, 0]);
  });

  it('finds nobody in an appearance beyond the slack, at another camera or around the walk', () => {
    const missed = [
      seenAt(111 + slack),
      seenAt(97 - slack),
      seenAt(103, { cameraId: 'yard' }),
      seenAt(50, { to: 150_000 }),
    ];
    for (const seen of missed) {
      const { strangers, walks } = matchWalks([walkAt(1, 100)], [seen]);
      assert.equal(walks[0]?.appearances, 0);
      assert.deepEqual(strangers, [{ cameraId: seen.cameraId, count: 1 }]);
    }
  });

  it("counts another volunteer's name as mistaken, for the walk where it can be of one alone", () => {
    const bob = seenAt(103, { personId: 'bob' });
    const one = matchWalks([walkAt(1, 100)], [bob]);
    assert.deepEqual([one.mistaken, one.walks[0]?.mistaken, one.strangers], [1, 1, []]);
    const both = [walkAt(1, 100), walkAt(2, 101, { personId: 'cyd' })];
    const two = matchWalks(both, [bob]);
    assert.equal(two.mistaken, 1);
    assert.deepEqual(
      two.walks.map(({ mistaken }) => mistaken),
      [0, 0],
    );
  });

  it('goes by what people said', () => {
    const confirmed = matchWalks([walkAt(1, 100)], [seenAt(500, { verdict: 'confirmed' })]);
    assert.deepEqual([confirmed.outside, confirmed.strangers], [1, []]);
    const dismissed = matchWalks([walkAt(1, 100)], [seenAt(103, { verdict: 'dismissed' })]);
    assert.equal(dismissed.walks[0]?.appearances, 0);
    assert.deepEqual(dismissed.strangers, [{ cameraId: 'gate', count: 1 }]);
  });

  it('leaves walks out that have not ended', () => {
    const { strangers, walks } = matchWalks([walkAt(1, 100, { endedAt: null })], [seenAt(103)]);
    assert.deepEqual(walks, []);
    assert.equal(strangers[0]?.count, 1);
  });
});
