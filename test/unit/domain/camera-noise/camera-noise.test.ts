import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32 } from '../../../../demo/media/random.ts';
import { NoiseGatherer } from '../../../../src/domain/camera-noise/noise-gatherer.ts';
import {
  type CameraNoise,
  cameraNoise,
} from '../../../../src/domain/camera-noise/noise-profile.ts';

const [width, height] = [384, 256];

interface Truth {
  readonly gain?: number;
  readonly read?: number;
  readonly column?: number;
  readonly row?: number;
  readonly pixel?: number;
  readonly rowNoise?: number;
  readonly hot?: number;
  /** Deviation of a Gaussian, pixels, beside the pixel's own. */
  readonly blur?: number;
  readonly flicker?: number;
  /** A square that walks through. */
  readonly walker?: boolean;
}

function normals(seed: number): () => number {
  const random = mulberry32(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A wall with a slope, boxes with straight edges, and a step into the dark. */
function sceneOf(blur: number): Float64Array {
  const plain = Float64Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const wall = 60 + (90 * x) / width;
    if (x > 60 && x < 140 && y > 40 && y < 110) return wall + 55;
    if (x > 220 && x < 330 && y > 120 && y < 220) return wall - 45;
    if (y > 236) return 24;
    return wall;
  });
  return blur === 0 ? plain : blurred(plain, blur);
}

function blurred(plane: Float64Array, deviation: number): Float64Array {
  const reach = Math.ceil(4 * deviation);
  const taps = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const pass = (from: Float64Array, place: (at: number, step: number) => number) =>
    from.map((_, at) =>
      taps.reduce(
        (sum, tap, step) => sum + (tap / total) * (from[place(at, step - reach)] ?? 0),
        0,
      ),
    );
  const clamp = (value: number, most: number) => Math.min(most - 1, Math.max(0, value));
  const across = pass(plane, (at, step) => {
    const x = at % width;
    return at - x + clamp(x + step, width);
  });
  return pass(
    across,
    (at, step) => (at % width) + clamp(Math.floor(at / width) + step, height) * width,
  );
}

/** What a camera of known noise gives of a scene, measured. */
function measure(truth: Truth, pictures = 120, seed = 1): CameraNoise {
  const normal = normals(seed);
  const random = mulberry32(seed + 7);
  const scene = sceneOf(truth.blur ?? 0.6);
  const draw = (count: number, deviation = 0) =>
    Float64Array.from({ length: count }, () => deviation * normal());
  const columns = draw(width, truth.column);
  const rows = draw(height, truth.row);
  const pixels = draw(width * height, truth.pixel);
  const hot = new Set(
    Array.from({ length: truth.hot ?? 0 }, () => Math.floor(random() * width * height)),
  );
  const gatherer = new NoiseGatherer();
  for (let picture = 0; picture < pictures; picture += 1) {
    const rowNow = draw(height, truth.rowNoise);
    const light = (truth.flicker ?? 0) * Math.sin(picture * 1.7);
    const data = new Uint8Array(width * height);
    for (let at = 0; at < data.length; at += 1) {
      const [x, y] = [at % width, Math.floor(at / width)];
      const walks =
        truth.walker === true && Math.abs(x - ((picture * 9) % width)) < 20 && y > 60 && y < 200;
      const level = (walks ? 200 : (scene[at] ?? 0)) + light;
      const deviation = Math.sqrt((truth.gain ?? 0) * level + (truth.read ?? 0) ** 2);
      const offset = (columns[x] ?? 0) + (rows[y] ?? 0) + (rowNow[y] ?? 0) + (pixels[at] ?? 0);
      const value = hot.has(at) ? 240 : level + offset + deviation * normal();
      data[at] = Math.max(0, Math.min(255, Math.round(value)));
    }
    gatherer.add({ width, height, data });
  }
  const { sums } = gatherer;
  assert.ok(sums);
  const noise = cameraNoise(sums);
  assert.ok(noise);
  return noise;
}

/** Within 15 %, and where there is none, next to nothing. */
function isNear(found: number, truth: number, what: string, none = 0.25): void {
  const off = truth === 0 ? found <= none : Math.abs(found - truth) <= 0.15 * truth;
  assert.ok(off, `${what}: ${found.toFixed(3)} for ${truth}`);
}

describe('the noise of a camera', () => {
  for (const [name, truth] of Object.entries<Truth>({
    'shot and read noise': { gain: 0.12, read: 2 },
    'read noise alone': { read: 4 },
    'strong noise': { gain: 0.8, read: 6 },
    'a pattern of columns': { gain: 0.1, read: 1.5, column: 4 },
    'a pattern of columns, rows and pixels': { gain: 0.1, read: 2, column: 2, row: 3, pixel: 2.5 },
    'noise of rows': { gain: 0.1, read: 2, rowNoise: 2 },
    'flickering light': { gain: 0.2, read: 2, flicker: 4 },
    'somebody who walks through': { gain: 0.2, read: 2, walker: true },
  })) {
    it(`is found within 15 %: ${name}`, () => {
      const noise = measure(truth);
      isNear(noise.transfer.gain, truth.gain ?? 0, 'gain', 0.02);
      isNear(noise.transfer.read, truth.read ?? 0, 'read');
      isNear(noise.rowNoise, truth.rowNoise ?? 0, 'row noise');
      isNear(noise.fixed.column, truth.column ?? 0, 'columns', 0.3);
      isNear(noise.fixed.row, truth.row ?? 0, 'rows', 0.3);
      isNear(noise.fixed.pixel, truth.pixel ?? 0, 'pixels', 0.3);
    });
  }

  it('knows hot pixels from edges and noise', () => {
    const noise = measure({ gain: 0.2, read: 3, hot: 40 });
    isNear(noise.fixed.hotShare * width * height, 40, 'hot pixels');
    assert.equal(measure({ gain: 0.2, read: 3, column: 3 }).fixed.hot.length, 0);
  });

  it('takes a pattern of columns for no edges', () => {
    const noise = measure({ gain: 0.1, read: 2, blur: 1, column: 4 }, 60);
    isNear(noise.blur ?? 0, 1, 'blur');
  });

  for (const blur of [0.8, 1.5, 2.5]) {
    it(`finds a blur of ${blur} pixels`, () => {
      const noise = measure({ gain: 0.1, read: 2, blur }, 60);
      isNear(noise.blur ?? 0, blur, 'blur');
    });
  }
});
