import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaceImage } from '../../../../src/domain/frame/face-image.ts';
import {
  alignedTemplate112,
  type Landmarks,
  mapLandmarks,
} from '../../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';
import {
  assessGeometry,
  assessQuality,
  withRecognisability,
} from '../../../../src/domain/quality/assess-quality.ts';
import { reportComponents } from '../../../../src/domain/quality/component-report.ts';
import { compression } from '../../../../src/domain/quality/compression.ts';
import { measureLight } from '../../../../src/domain/quality/light.ts';
import { faceLuma, middleLuma } from '../../../../src/domain/quality/luma-plane.ts';
import { angleScore, estimatePose } from '../../../../src/domain/quality/pose.ts';
import { sharpness } from '../../../../src/domain/quality/sharpness.ts';

/** A grey picture of one value a pixel. */
function grey(width: number, height: number, value: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      data.fill(Math.round(value(x, y)), (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
  return { width, height, data };
}

/** A frontal face's landmarks in the middle of a cut, with the given pixels between the eyes. */
function landmarksIn(side: number, eyes: number): Landmarks {
  const scale = eyes / 35.24;
  return mapLandmarks(alignedTemplate112, ({ x, y }) => ({
    x: side / 2 + (x - 56) * scale,
    y: side / 2 + (y - 72) * scale,
  }));
}

/** A drawing of a face: bright skin, dark eyes, brows and mouth, edges `blur` pixels wide. */
function drawnFace(side: number, eyes: number, blur: number, light = 1): FaceImage {
  const landmarks = landmarksIn(side, eyes);
  const dark = landmarks.map((point, index) => ({
    ...point,
    radius: eyes * (index === 2 ? 0.1 : 0.2),
  }));
  const image = grey(side, side, (x, y) => {
    const rim = (Math.hypot(x - side / 2, y - side / 2) - 1.3 * eyes) / Math.max(0.5, blur);
    let value = 80 + 110 / (1 + Math.exp(4 * rim));
    for (const spot of dark) {
      const edge = (Math.hypot(x - spot.x, y - spot.y) - spot.radius) / Math.max(0.5, blur);
      value -= 130 * (1 / (1 + Math.exp(4 * edge)));
    }
    return Math.min(255, Math.max(0, value * light));
  });
  return { image, landmarks };
}

/** Turns the points of a head whose nose stands out, and looks at them from the front. */
function turnedHead(yaw: number, pitch: number, roll: number): Landmarks {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ];
  const depth = 0.43 * 40.6;
  const points = alignedTemplate112.map(({ x, y }, index) => {
    const [px, py, pz] = [x - 56, y - 72, index === 2 ? depth : 0];
    // Yaw about the upright axis, pitch about the axis from ear to ear, roll in the picture.
    const [yx, yz] = [px * Math.cos(a) + pz * Math.sin(a), pz * Math.cos(a) - px * Math.sin(a)];
    const qy = py * Math.cos(b) - yz * Math.sin(b);
    return {
      x: 100 + yx * Math.cos(c) - qy * Math.sin(c),
      y: 100 + yx * Math.sin(c) + qy * Math.cos(c),
    };
  });
  return points as unknown as Landmarks;
}

describe('estimatePose', () => {
  it('finds nothing in a frontal face', () => {
    const { yaw, pitch, roll } = estimatePose(alignedTemplate112);
    for (const angle of [yaw, pitch, roll]) assert.ok(Math.abs(angle) < 2, String(angle));
  });

  it('finds each turn, and its side', () => {
    for (const degrees of [-40, -20, 20, 40]) {
      assert.ok(Math.abs(estimatePose(turnedHead(degrees, 0, 0)).yaw - degrees) < 5);
      assert.ok(Math.abs(estimatePose(turnedHead(0, degrees, 0)).pitch - degrees) < 5);
      assert.ok(Math.abs(estimatePose(turnedHead(0, 0, degrees)).roll - degrees) < 2);
    }
  });

  it('does not take a leaning head for a turned one', () => {
    const { yaw, pitch } = estimatePose(turnedHead(0, 0, 35));
    assert.ok(Math.abs(yaw) < 3 && Math.abs(pitch) < 3);
  });

  it('bears landmarks that make no sense', () => {
    const point = { x: 5, y: 5 };
    const pose = estimatePose([point, point, point, point, point]);
    assert.ok(Object.values(pose).every(Number.isFinite));
  });

  it('scores by the squared cosine', () => {
    assert.equal(angleScore(0).score, 100);
    assert.ok(Math.abs(angleScore(-60).score - 25) < 1e-9);
    assert.equal(Math.round(angleScore(120).score), 0);
  });
});

describe('sharpness', () => {
  it('falls with blur, at every size', () => {
    for (const [side, eyes] of [
      [32, 8],
      [60, 16],
      [200, 60],
    ] as const) {
      const scores = [0.1, 0.8, 2].map(
        (share) => sharpness(faceLuma(drawnFace(side, eyes, share * eyes))).raw,
      );
      assert.ok(
        scores.every((score, index) => index === 0 || score < (scores[index - 1] ?? 0)),
        `${eyes} px: ${scores.join()}`,
      );
    }
  });

  it('does not depend on light', () => {
    const bright = sharpness(faceLuma(drawnFace(60, 16, 1))).raw;
    const dim = sharpness(faceLuma(drawnFace(60, 16, 1, 0.4))).raw;
    assert.ok(Math.abs(bright - dim) < 0.1 * bright);
  });

  it('is nothing in a flat or a tiny picture', () => {
    assert.equal(sharpness({ ...middleLuma(grey(20, 20, () => 90)), eyes: 8 }).score, 0);
    assert.equal(sharpness({ ...middleLuma(grey(2, 2, () => 90)), eyes: 8 }).score, 0);
  });
});

describe('measureLight', () => {
  it('finds what is too dark and too bright', () => {
    const night = measureLight(middleLuma(grey(20, 20, (x) => (x < 18 ? 10 : 60))));
    assert.deepEqual([night.underExposure.raw, night.overExposure.raw], [0.9, 0]);
    const lamp = measureLight(middleLuma(grey(20, 20, (x) => (x < 15 ? 255 : 60))));
    assert.deepEqual([lamp.underExposure.raw, lamp.overExposure.raw], [0, 0.75]);
    assert.ok(night.underExposure.score < 10 && lamp.overExposure.score === 0);
    assert.equal(lamp.underExposure.score, 100);
  });

  it('measures range and entropy', () => {
    const flat = measureLight(middleLuma(grey(32, 32, () => 90)));
    assert.deepEqual([flat.dynamicRange.raw, flat.entropy.raw], [0, 0]);
    const full = measureLight(middleLuma(grey(256, 8, (x) => x)));
    assert.ok(full.dynamicRange.raw > 225 && full.dynamicRange.raw < 235);
    assert.ok(Math.abs(full.entropy.raw - 5) < 0.01);
    assert.equal(full.dynamicRange.score, 100);
  });
});

describe('compression', () => {
  it('finds the blocks wherever their grid lies', () => {
    const smooth = (x: number, y: number): number =>
      100 + 20 * Math.sin(x / 9) + 15 * Math.cos(y / 7);
    const clean = compression(middleLuma(grey(64, 64, smooth)));
    assert.ok(clean && clean.score > 80, String(clean?.score));
    for (const offset of [0, 3, 7]) {
      const snap = (value: number): number => Math.floor((value + offset) / 8) * 8;
      const blocky = compression(middleLuma(grey(64, 64, (x, y) => smooth(snap(x), snap(y)))));
      assert.ok(blocky && blocky.score < 10, `offset ${offset}: ${blocky?.score}`);
    }
  });

  it('says nothing of a small cut', () => {
    assert.equal(compression(middleLuma(grey(31, 40, () => 0))), null);
  });
});

describe('assessQuality', () => {
  it('accepts a fair face of eight pixels between the eyes', () => {
    const quality = assessQuality(drawnFace(32, 8, 0.8));
    assert.equal(quality.verdict, 'accept', JSON.stringify(quality));
    assert.deepEqual(quality.reasons, []);
    assert.ok(quality.score > 35 && quality.score < 85);
  });

  it('puts a larger face above a smaller, a sharp one above a blurred', () => {
    const small = assessQuality(drawnFace(32, 8, 0.8)).score;
    const large = assessQuality(drawnFace(160, 40, 4)).score;
    const blurred = assessQuality(drawnFace(160, 40, 20)).score;
    assert.ok(large > small && large > blurred);
  });

  it('rejects what shows nothing, and says why', () => {
    const dark = assessQuality(drawnFace(60, 16, 1, 0.02));
    assert.equal(dark.verdict, 'reject');
    assert.equal(dark.reasons[0], 'underExposure');
    const bright = assessQuality(drawnFace(60, 16, 1, 30));
    assert.deepEqual([bright.verdict, bright.reasons[0]], ['reject', 'overExposure']);
    const tiny = assessQuality(drawnFace(24, 5, 0.5));
    assert.deepEqual([tiny.verdict, tiny.reasons[0]], ['reject', 'interEyeDistance']);
  });

  it('holds a poor face back, with the dearest reason first', () => {
    const quality = assessQuality(drawnFace(32, 8, 10, 0.6), { acceptScore: 65 });
    assert.equal(quality.verdict, 'hold');
    assert.ok(quality.reasons.length > 0);
    assert.ok(['interEyeDistance', 'sharpness'].includes(quality.reasons[0] ?? ''));
  });

  it('measures a scaled cut by the frame’s pixels', () => {
    const face = drawnFace(128, 30, 2);
    assert.ok(
      Math.abs(
        (assessQuality(face, { framePixels: 2 }).components.interEyeDistance?.raw ?? 0) - 60,
      ) < 0.1,
    );
  });

  it('keeps its limits where it is told', () => {
    const face = drawnFace(60, 16, 1);
    assert.equal(assessQuality(face, { minInterEyeDistance: 20 }).verdict, 'reject');
    assert.equal(assessQuality(face, { acceptScore: 100 }).verdict, 'hold');
  });

  it('bears a cut smaller than the face', () => {
    const face = { image: grey(1, 1, () => 90), landmarks: landmarksIn(1, 20) };
    const quality = assessQuality(face);
    assert.ok(Number.isFinite(quality.score));
  });
});

describe('assessGeometry', () => {
  it('rejects by size and pose alone', () => {
    assert.equal(assessGeometry(landmarksIn(40, 12)).verdict, 'accept');
    assert.deepEqual(assessGeometry(landmarksIn(40, 5)).reasons, ['interEyeDistance']);
    assert.deepEqual(assessGeometry(turnedHead(80, 0, 0)).reasons, ['yaw']);
  });
});

describe('withRecognisability', () => {
  it('lets the recogniser’s word weigh as much as all else, and leaves the verdict', () => {
    const quality = assessQuality(drawnFace(60, 16, 1));
    const sure = withRecognisability(quality, 1);
    const blind = withRecognisability(quality, 0);
    assert.ok(Math.abs(sure.score - (quality.score + 100) / 2) < 1);
    assert.ok(Math.abs(blind.score - quality.score / 2) < 1);
    assert.equal(sure.verdict, quality.verdict);
    assert.deepEqual(sure.components.recognisability, { raw: 1, score: 100 });
    assert.equal(quality.components.recognisability, undefined);
  });

  it('takes in what covers the face, which changes neither score nor verdict', () => {
    const quality = assessQuality(drawnFace(60, 16, 1));
    const bare = withRecognisability(quality, 0.5);
    const masked = withRecognisability(quality, 0.5, {
      upper: 0.1,
      lower: 0.8,
      mask: 0.97,
      darkGlasses: 0.02,
      headwear: 0.6,
    });
    assert.equal(masked.score, bare.score);
    assert.equal(masked.verdict, bare.verdict);
    assert.equal(masked.components.lowerFaceVisible?.raw, 0.8);
    assert.ok(Math.abs((masked.components.lowerFaceVisible?.score ?? 0) - 20) < 1e-9);
    const poor = reportComponents(masked).filter(({ ok }) => !ok);
    assert.deepEqual(
      poor.map(({ name }) => name),
      ['MouthOcclusionPrevention', 'NoMask', 'NoHeadCoverings'],
    );
    assert.equal(bare.components.noMask, undefined);
  });
});
