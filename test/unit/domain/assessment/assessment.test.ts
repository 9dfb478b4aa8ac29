import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recognitionFigures } from '../../../../src/app/recognition-figures.ts';
import { assess } from '../../../../src/domain/assessment/assessment.ts';
import { type Cause, causesOf } from '../../../../src/domain/assessment/causes.ts';
import { type Gathered, nothingGathered } from '../../../../src/domain/assessment/gathered.ts';
import { binOf, quantile } from '../../../../src/domain/assessment/histogram.ts';
import { limits } from '../../../../src/domain/assessment/limits.ts';
import { measures } from '../../../../src/domain/assessment/measures.ts';
import {
  distanceAsRecognisable,
  recognitionAt,
} from '../../../../src/domain/assessment/recognition.ts';

const figures = recognitionFigures();
const assessed = (gathered: Gathered) => assess(gathered, figures, figures.recogniser);
const { edges } = measures.interEyeDistance;

/** Tracks of one size, usable at another; those at which causes are at work are all. */
function gatheredOf(tracks: number, eyes: number, effective: number, causes: Cause[]): Gathered {
  const gathered = nothingGathered();
  const add = (counts: number[], value: number) => {
    const bin = binOf(value, edges);
    counts[bin] = (counts[bin] ?? 0) + tracks;
  };
  gathered.tracks = tracks;
  gathered.usable = tracks;
  gathered.pooled = tracks;
  add(gathered.counts.interEyeDistance, eyes);
  add(gathered.counts.effectiveDistance, effective);
  for (const cause of causes) {
    gathered.causes[cause].tracks = tracks;
    add(gathered.causes[cause].seen, eyes);
    add(gathered.causes[cause].effective, effective);
  }
  return gathered;
}

const good = {
  interEyeDistance: 20,
  recognisability: 0.95,
  sharpness: 1,
  directionalBlur: 0.1,
  brightness: 110,
  dark: 0.05,
  bright: 0.01,
  noise: 2,
  blockiness: 0.1,
  yaw: 5,
  pitch: -5,
  frames: 20,
  keyframes: 3,
};
const stream = { frameRate: 12, bitsPerPixel: 0.1 };

describe('figures of the evaluation', () => {
  it('are those of the report at its levels, straight in between, and none beyond', () => {
    for (const { eyes, tpir, rank1 } of figures.tracks) {
      assert.equal(
        recognitionAt(figures.tracks, eyes, 'tpir').value.toFixed(9),
        tpir.value.toFixed(9),
      );
      assert.equal(
        recognitionAt(figures.tracks, eyes, 'rank1').low.toFixed(9),
        rank1.low.toFixed(9),
      );
    }
    const [clean, at14, at10] = figures.tracks;
    assert.ok(clean && at14 && at10);
    const between = recognitionAt(figures.tracks, 12, 'tpir').value;
    assert.ok(between > at10.tpir.value && between < at14.tpir.value, `${between}`);
    assert.deepEqual(recognitionAt(figures.tracks, 400, 'tpir'), clean.tpir);
    assert.equal(recognitionAt(figures.tracks, 3, 'rank1').value, 0);
  });

  it('say at which distance faces are as recognisable', () => {
    for (const { eyes, meanRecognisability } of figures.tracks) {
      const found = distanceAsRecognisable(figures.tracks, meanRecognisability);
      assert.ok(Math.abs(found - eyes) < 0.01, `${found}`);
    }
    assert.equal(distanceAsRecognisable(figures.tracks, 0.999), Number.POSITIVE_INFINITY);
  });
});

describe('verdict', () => {
  for (const [eyes, use] of [
    [30, 'alerts'],
    [15, 'alerts'],
    [10, 'review'],
    [6, 'unusable'],
  ] as const) {
    it(`${eyes} px between the eyes: ${use}`, () => {
      const found = assessed(gatheredOf(40, eyes, eyes, []));
      assert.equal(found.use, use);
      assert.equal(found.preliminary, false);
      assert.ok(found.expected);
      const { low, value, high } = found.expected.tpir;
      assert.ok(low <= value && value <= high);
    });
  }

  it('nobody seen: nothing is said but that it is dark', () => {
    const gathered = nothingGathered();
    gathered.counts.sceneBrightness[0] = 50;
    const found = assessed(gathered);
    assert.equal(found.use, 'unseen');
    assert.equal(found.expected, null);
    assert.deepEqual(
      found.advice.map(({ change }) => change),
      ['light'],
    );
  });

  it('tracks without a usable picture count as not found', () => {
    const gathered = gatheredOf(40, 20, 20, []);
    gathered.tracks = 80;
    gathered.unusable['yaw'] = 40;
    const half = assessed(gathered).expected?.tpir.value ?? 0;
    const all = assessed(gatheredOf(40, 20, 20, [])).expected?.tpir.value ?? 0;
    assert.ok(Math.abs(half - all / 2) < 1e-9);
  });
});

describe('advice', () => {
  it('nearer, by the factors to 14 and 24 px, where faces are small', () => {
    const [first] = assessed(gatheredOf(40, 8, 8, [])).advice;
    assert.equal(first?.change, 'nearer');
    const { factor } = first ?? {};
    assert.ok(factor?.alerts && Math.abs(factor.alerts - limits.alertDistance / 8) < 0.1);
    assert.ok(Math.abs(factor.good - limits.goodDistance / 8) < 0.2);
  });

  for (const [cause, change] of [
    ['dark', 'light'],
    ['noise', 'light'],
    ['glare', 'glare'],
    ['motion', 'shutter'],
    ['focus', 'focus'],
    ['compression', 'bitRate'],
    ['pitch', 'lower'],
    ['yaw', 'front'],
  ] as const) {
    it(`${change} first, where ${cause} makes faces of 18 px as poor as 9 px`, () => {
      const { advice } = assessed(gatheredOf(40, 18, 9, [cause]));
      assert.equal(advice[0]?.change, change);
      assert.ok(advice[0].gain > 0.2, `${advice[0].gain}`);
    });
  }

  it('none where nothing is wrong', () => {
    assert.deepEqual(assessed(gatheredOf(40, 40, 40, [])).advice, []);
  });
});

describe('causes of a track', () => {
  it('none of a good picture', () => assert.deepEqual(causesOf(good, stream), []));

  for (const [change, cause] of [
    [{ brightness: limits.dark - 1 }, 'dark'],
    [{ bright: limits.clipped + 0.1 }, 'glare'],
    [{ noise: limits.noise + 1 }, 'noise'],
    [{ directionalBlur: limits.directional + 0.05, sharpness: 0 }, 'motion'],
    [{ sharpness: limits.blurred - 0.1 }, 'focus'],
    [{ blockiness: limits.blocks + 0.1, sharpness: 0 }, 'compression'],
    [{ pitch: -limits.pitch - 1 }, 'pitch'],
    [{ yaw: limits.yaw + 1 }, 'yaw'],
  ] as const) {
    it(cause, () => assert.deepEqual(causesOf({ ...good, ...change }, stream), [cause]));
  }

  it('blur of a stream with few bits is its compression', () => {
    const poor = { ...stream, bitsPerPixel: limits.bitsPerPixel / 2 };
    assert.deepEqual(causesOf({ ...good, sharpness: 0 }, poor), ['compression']);
  });

  it('few pictures of a slow stream', () => {
    const slow = { ...stream, frameRate: 2 };
    assert.deepEqual(causesOf({ ...good, frames: 3 }, slow), ['frames']);
    assert.deepEqual(causesOf({ ...good, frames: 3 }, stream), []);
  });
});

describe('quantiles of counts', () => {
  it('lie straight within their bin', () => {
    assert.equal(quantile([0, 4, 0], [0, 1, 2, 3], 0.5), 1.5);
    assert.equal(quantile([1, 0, 1], [0, 1, 2, 3], 0.75), 2.5);
    assert.equal(quantile([0, 0, 0], [0, 1, 2, 3], 0.5), null);
  });
});
