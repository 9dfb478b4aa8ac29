import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  adviseComponents,
  componentNames,
  reportComponents,
  singleFacePresent,
} from '../../../../src/domain/quality/component-report.ts';
import type { Quality } from '../../../../src/domain/quality/quality.ts';

const quality: Quality = {
  components: {
    sharpness: { raw: 0.2, score: 20 },
    interEyeDistance: { raw: 25, score: 66 },
    roll: { raw: 80, score: 3 },
  },
  score: 40,
  verdict: 'hold',
  reasons: ['interEyeDistance'],
};

describe('quality components as people are told of them', () => {
  it('have the names of OFIQ, each another', () => {
    assert.deepEqual(
      reportComponents(quality).map(({ name, value, ok }) => [name, value, ok]),
      [
        ['Sharpness', 20, false],
        ['InterEyeDistance', 66, false],
        ['HeadPoseRoll', 3, true],
      ],
    );
    const names = Object.values(componentNames).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it('say what would make the poor ones better, and nothing about the others', () => {
    const [sharpness, eyes, roll] = adviseComponents(quality);
    assert.match(sharpness?.advice ?? '', /sharper/);
    assert.match(eyes?.advice ?? '', /larger/);
    assert.equal(roll?.advice, null);
  });

  it('tell how alone a face is', () => {
    assert.deepEqual(singleFacePresent([400]).value, 100);
    assert.equal(singleFacePresent([400]).advice, null);
    const two = singleFacePresent([100, 400]);
    assert.deepEqual([two.value, two.raw, two.ok], [75, 2, false]);
    assert.match(two.advice ?? '', /only this person/);
  });
});
