import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupDifferences } from '../../../../src/domain/acceptance/group-differences.ts';
import type { MatchedWalk } from '../../../../src/domain/acceptance/match-walks.ts';
import { volunteerNamed, walkAt } from '../../../support/acceptance/walks.ts';

/** `people` of a group, each with `walks` walks, of which the first ones are missed or mistaken. */
function group(said: string, people: number, walks: number, missed = 0, mistaken = 0) {
  const volunteers = Array.from({ length: people }, (_, at) =>
    volunteerNamed(`${said}-${at}`, at + 1, { age: said }),
  );
  const matched = volunteers
    .flatMap(({ personId }) => Array.from({ length: walks }, () => personId))
    .map(
      (personId, at): MatchedWalk => ({
        walk: walkAt(at, at * 100, { personId }),
        appearances: at < missed ? 0 : 1,
        mistaken: at < mistaken ? 1 : 0,
      }),
    );
  return { volunteers, matched };
}

function differences(fpir: number, ...groups: ReturnType<typeof group>[]) {
  return groupDifferences(
    groups.flatMap(({ volunteers }) => volunteers),
    groups.flatMap(({ matched }) => matched),
    fpir,
  );
}

describe('groupDifferences', () => {
  it('are none where nobody said anything', () => {
    assert.equal(groupDifferences([volunteerNamed('ada', 1)], [], 0.01), null);
  });

  it('tell rates, the worst group, and the ratio of largest and least', () => {
    const found = differences(0.01, group('18-39', 5, 20, 10), group('40-64', 5, 20, 30, 2));
    assert.deepEqual(
      found?.groups.map(({ fnir, fpir, group: name }) => [name, fnir, fpir]),
      [
        ['age: 18-39', 0.1, 0],
        ['age: 40-64', 0.3, 0.02],
      ],
    );
    assert.deepEqual([found?.worstFnir, found?.worstFpir], ['age: 40-64', 'age: 40-64']);
    assert.ok(Math.abs((found?.fnirRatio ?? 0) - 3) < 1e-9);
    assert.equal(found?.fpirRatio, null);
  });

  it('do not show fewer than five people', () => {
    const found = differences(0.01, group('18-39', 5, 4), group('65+', 4, 4));
    assert.deepEqual(
      found?.groups.map(({ group: name }) => name),
      ['age: 18-39'],
    );
    assert.equal(found?.left, 1);
  });

  it('do not count volunteers who never walked towards the five', () => {
    const { matched, volunteers } = group('18-39', 5, 4);
    const walked = matched.filter(({ walk }) => walk.personId !== '18-39-0');
    assert.deepEqual(groupDifferences(volunteers, walked, 0.01)?.groups, []);
  });

  it('show that a threshold holds for the worst group only where its whole interval does', () => {
    const holds = (fpir: number, ...groups: ReturnType<typeof group>[]) =>
      differences(fpir, ...groups)?.holds;
    // 0 of 400: the interval ends at 0.0092.
    assert.equal(holds(0.01, group('a', 5, 80)), 'shown');
    assert.equal(holds(0.001, group('a', 5, 80)), 'undecided');
    assert.equal(holds(0.01, group('a', 5, 80), group('b', 5, 80, 0, 20)), 'refuted');
    assert.equal(holds(0.01, group('a', 5, 80), group('b', 5, 80, 0, 4)), 'undecided');
    assert.equal(holds(0.01, group('a', 4, 80)), 'undecided');
  });
});
