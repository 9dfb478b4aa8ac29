import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type LookAlike,
  raisedThreshold,
  thresholdAgainst,
} from '../../../src/domain/look-alike.ts';

const lookAlike = (score: number): LookAlike => ({
  id: `l-${score}`,
  personId: 'p',
  alertId: 'a',
  model: 'm1',
  embedding: Float32Array.of(1),
  score,
  createdAt: 0,
  createdBy: 'ann',
});

describe('the threshold against look-alikes', () => {
  // The face's score with the person, its likeness with the look-alike, and what holds then.
  for (const [what, score, likeness, expected] of [
    ['the same look-alike', 0.42, 0.8, 0.5],
    ['the same look-alike with a higher score', 0.55, 0.8, 0.5],
    ['a face that is nearer to the person', 0.7, 0.5, 0.3],
    ['a face that is as near to one as to the other', 0.42, 0.44, 0.3],
    ['a face that is like neither', 0.1, 0.25, 0.3],
  ] as const) {
    it(`for ${what} is ${expected}`, () => {
      const held = thresholdAgainst([lookAlike(0.45)], { score, threshold: 0.3 }, () => likeness);
      assert.ok(Math.abs(held - expected) < 1e-9, `${held}`);
    });
  }

  it('is the highest of those that a face is like, and never below that of the list', () => {
    const all = [lookAlike(0.45), lookAlike(0.5), lookAlike(0.9), lookAlike(0.1)];
    const like = ({ score }: LookAlike) => (score === 0.9 ? 0.1 : 0.8);
    const held = thresholdAgainst(all, { score: 0.4, threshold: 0.3 }, like);
    assert.equal(held, raisedThreshold({ score: 0.5 }));
    assert.equal(thresholdAgainst([lookAlike(0.1)], { score: 0.4, threshold: 0.3 }, like), 0.3);
    assert.equal(thresholdAgainst([], { score: 0.4, threshold: 0.3 }, like), 0.3);
    assert.equal(raisedThreshold({ score: 0.99 }), 1);
  });
});
