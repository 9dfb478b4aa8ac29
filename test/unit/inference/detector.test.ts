import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Picture } from '../../../src/domain/frame/picture.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import { ModelDetector } from '../../../src/inference/detector.ts';
import type { Engine } from '../../../src/inference/engine.ts';
import type { EntryOf } from '../../../src/inference/manifest-schema.ts';
import type { DetectItem } from '../../../src/inference/protocol.ts';

const entry = {
  name: 'd',
  task: 'detect',
  input: {
    name: 'input',
    layout: 'NCHW',
    channels: 'BGR',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
    height: null,
    width: null,
  },
  output: { decode: 'yunet' },
  secondLook: { above: 56, at: 32 },
} as unknown as EntryOf<'detect'>;

/** A face in picture pixels: the eyes a `distance` apart, about `x`, `y`. */
interface Truth {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

/** A detector that sees the faces of a picture, and what it was asked to look at. */
function stub(size: { width: number; height: number }, truths: readonly Truth[]) {
  const looks: { crop: Box | undefined; width: number; height: number }[] = [];
  const asked: DetectItem[] = [];
  let last: { crop: Box; width: number; height: number };
  const picture: Picture = {
    ...size,
    rgb: async ({ width, height, crop }) => {
      looks.push({ crop, width, height });
      last = { crop: crop ?? { x: 0, y: 0, ...size }, width, height };
      return { width, height, data: new Uint8Array(width * height * 3) };
    },
    luma: () => Promise.reject(new Error('not read here')),
    jpeg: async () => new Uint8Array(),
    dispose: () => undefined,
  };
  const engine = {
    submit: async (_: string, item: DetectItem) => {
      const { crop, width } = last;
      asked.push(item);
      assert.equal(item.pixels.data.length, item.pixels.width * item.pixels.height * 3);
      const k = width / crop.width;
      const faces = truths.flatMap(({ x, y, distance }) => {
        const [u, v, d] = [(x - crop.x) * k, (y - crop.y) * k, distance * k];
        // Poor landmarks of large faces: all points a tenth of the distance off.
        const off = d > 56 ? d / 10 : 0;
        const points = [
          u - d / 2,
          v,
          u + d / 2,
          v,
          u,
          v + d / 2,
          u - d / 2,
          v + d,
          u + d / 2,
          v + d,
        ];
        return [u - d, v - d, 2 * d, 3 * d, 0.9, ...points.map((value) => value + off)];
      });
      return { faces: Float32Array.from(faces) };
    },
  } as unknown as Engine;
  return { picture, engine, looks, asked };
}

describe('ModelDetector', () => {
  it('brings faces back to the pixels of the picture', async () => {
    const { picture, engine, looks } = stub({ width: 1280, height: 720 }, [
      { x: 600, y: 300, distance: 40 },
    ]);
    const [face] = await new ModelDetector(engine, entry, {}).detect(picture);
    assert.ok(face !== undefined);
    assert.deepEqual(face.landmarks[0], { x: 580, y: 300 });
    assert.deepEqual(face.box, { x: 560, y: 260, width: 80, height: 120 });
    assert.equal(looks.length, 1);
  });

  it('looks again at a large face, at the size that it sees best', async () => {
    const { picture, engine, looks } = stub({ width: 640, height: 640 }, [
      { x: 300, y: 300, distance: 160 },
    ]);
    const [face] = await new ModelDetector(engine, entry, {}).detect(picture);
    assert.equal(looks.length, 2);
    assert.ok(face !== undefined);
    // Without the second look the eye would be 16 pixels off.
    assert.ok(Math.abs(face.landmarks[0].x - 220) < 1.5, `${face.landmarks[0].x}`);
    const { crop, width } = looks[1] as { crop: Box; width: number };
    assert.ok(Math.abs((160 * width) / crop.width - 32) < 2);
  });

  it('looks once with a model that states no second look', async () => {
    const { secondLook: _, ...plain } = entry;
    const { picture, engine, looks } = stub({ width: 640, height: 640 }, [
      { x: 300, y: 300, distance: 160 },
    ]);
    await new ModelDetector(engine, plain, {}).detect(picture);
    assert.equal(looks.length, 1);
  });

  it('looks again at the four largest at most', async () => {
    const truths = Array.from({ length: 9 }, (_, i) => ({
      x: 70 + i * 60,
      y: 100 + i * 60,
      distance: 60 + i,
    }));
    const { picture, engine, looks } = stub({ width: 640, height: 640 }, truths);
    await new ModelDetector(engine, entry, {}).detect(picture);
    assert.equal(looks.length, 5);
  });

  it('asks for the coarse look at the whole picture, and not at a cut', async () => {
    const { picture, engine, asked } = stub({ width: 640, height: 480 }, [
      { x: 300, y: 200, distance: 60 },
    ]);
    await new ModelDetector(engine, entry, {}).detect(picture);
    assert.deepEqual(
      asked.map(({ coarse }) => coarse),
      [true, false],
    );
  });

  it('takes one look with a model of fixed size', async () => {
    const fixed = { ...entry, input: { ...entry.input, width: 640, height: 640 } };
    const { picture, engine, asked } = stub({ width: 640, height: 640 }, [
      { x: 300, y: 300, distance: 160 },
    ]);
    await new ModelDetector(engine, fixed, {}).detect(picture);
    assert.deepEqual(
      asked.map(({ coarse }) => coarse),
      [false],
    );
  });
});
