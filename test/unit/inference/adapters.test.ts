import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  Candidate,
  DecodeInput,
  OutputTensor,
} from '../../../src/inference/adapters/detector-adapter.ts';
import { detectorAdapters } from '../../../src/inference/adapters/detector-adapters.ts';
import { suppressDoubles } from '../../../src/inference/adapters/suppress-doubles.ts';

/** Zero tensors, into which a test plants one face. */
function tensors(shapes: Record<string, readonly number[]>): Map<string, OutputTensor> {
  return new Map(
    Object.entries(shapes).map(([name, dims]) => [
      name,
      { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) },
    ]),
  );
}

function set(
  outputs: Map<string, OutputTensor>,
  name: string,
  at: number,
  values: readonly number[],
) {
  outputs.get(name)?.data.set(values, at);
}

const size = { width: 64, height: 64, index: 0, batch: 1, scoreThreshold: 0.5 };

function assertFace(
  found: readonly Candidate[],
  expected: Omit<Candidate, 'points'> & { points: number[] },
) {
  assert.equal(found.length, 1);
  const face = found[0] as Candidate;
  for (const key of ['x', 'y', 'width', 'height', 'score'] as const) {
    assert.ok(Math.abs(face[key] - expected[key]) < 1e-3, `${key}: ${face[key]}`);
  }
  for (const [i, value] of expected.points.entries()) {
    assert.ok(Math.abs((face.points[i] as number) - value) < 1e-3, `point ${i}: ${face.points[i]}`);
  }
}

describe('yunet adapter', () => {
  const shapes = (batch: number) =>
    Object.fromEntries(
      [8, 16, 32].flatMap((s) => {
        const cells = (64 / s) ** 2;
        return [
          [`cls_${s}`, [batch, cells, 1]],
          [`obj_${s}`, [batch, cells, 1]],
          [`bbox_${s}`, [batch, cells, 4]],
          [`kps_${s}`, [batch, cells, 10]],
        ];
      }),
    );
  const plant = (outputs: Map<string, OutputTensor>, offset: number) => {
    // Stride 16, row 1, column 2 of 4.
    const cell = offset + 6;
    set(outputs, 'cls_16', cell, [0.81]);
    set(outputs, 'obj_16', cell, [1]);
    set(outputs, 'bbox_16', cell * 4, [0.5, 0.25, Math.log(2), Math.log(1.5)]);
    set(outputs, 'kps_16', cell * 10, [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1]);
  };
  const expected = {
    x: 2.5 * 16 - 16,
    y: 1.25 * 16 - 12,
    width: 32,
    height: 24,
    score: 0.9,
    points: [32, 16, 48, 16, 40, 24, 32, 32, 48, 32],
  };

  it('reads boxes and points relative to their cell', () => {
    const outputs = tensors(shapes(1));
    plant(outputs, 0);
    assertFace(detectorAdapters.yunet({ ...size, outputs }), expected);
  });

  it('reads the picture of a batch that is asked for', () => {
    const outputs = tensors(shapes(2));
    plant(outputs, 16);
    assert.deepEqual(detectorAdapters.yunet({ ...size, outputs, batch: 2, index: 0 }), []);
    assertFace(detectorAdapters.yunet({ ...size, outputs, batch: 2, index: 1 }), expected);
  });

  it('leaves out what is below the threshold', () => {
    const outputs = tensors(shapes(1));
    plant(outputs, 0);
    assert.deepEqual(detectorAdapters.yunet({ ...size, outputs, scoreThreshold: 0.91 }), []);
  });
});

describe('scrfd adapter', () => {
  it('reads distances in strides, two anchors a cell', () => {
    const outputs = tensors(
      Object.fromEntries(
        [8, 16, 32].flatMap((s) => {
          const rows = (64 / s) ** 2 * 2;
          return [
            [`s${s}`, [rows, 1]],
            [`b${s}`, [rows, 4]],
            [`k${s}`, [rows, 10]],
          ];
        }),
      ),
    );
    // Stride 8, row 2, column 3 of 8, second anchor.
    const row = (2 * 8 + 3) * 2 + 1;
    set(outputs, 's8', row, [0.7]);
    set(outputs, 'b8', row * 4, [1, 2, 3, 4]);
    set(outputs, 'k8', row * 10, [-1, -1, 1, -1, 0, 0, -1, 1, 1, 1]);
    assertFace(detectorAdapters.scrfd({ ...size, outputs }), {
      x: 24 - 8,
      y: 16 - 16,
      width: 32,
      height: 48,
      score: 0.7,
      points: [16, 8, 32, 8, 24, 16, 16, 24, 32, 24],
    });
  });
});

describe('retinaface adapter', () => {
  const rows = (8 * 8 + 4 * 4 + 2 * 2) * 2;
  const plant = (scores: readonly [number, number]) => {
    const outputs = tensors({ loc: [1, rows, 4], conf: [1, rows, 2], landms: [1, rows, 10] });
    outputs.get('conf')?.data.fill(0);
    for (let i = 0; i < rows; i += 1) set(outputs, 'conf', i * 2, [scores[0] > 1 ? 9 : 1, 0]);
    // Stride 16, row 1, column 1 of 4, first anchor (64 px).
    const row = 128 + (1 * 4 + 1) * 2;
    set(outputs, 'conf', row * 2, scores);
    set(outputs, 'loc', row * 4, [1, -1, Math.log(0.5) / 0.2, 0]);
    set(outputs, 'landms', row * 10, [-1, -1, 1, -1, 0, 0, -1, 1, 1, 1]);
    return outputs;
  };
  const expected = {
    x: 24 + 6.4 - 16,
    y: 24 - 6.4 - 32,
    width: 32,
    height: 64,
    score: 0.8,
    points: [17.6, 17.6, 30.4, 17.6, 24, 24, 17.6, 30.4, 30.4, 30.4],
  };

  it('reads boxes and points against anchors with variances', () => {
    assertFace(detectorAdapters.retinaface({ ...size, outputs: plant([0.2, 0.8]) }), expected);
  });

  it('takes logits for what they are', () => {
    const outputs = plant([2, 2 + Math.log(4)]);
    assertFace(detectorAdapters.retinaface({ ...size, outputs }), expected);
  });
});

describe('yolo-face adapter', () => {
  it('reads a distribution over the distances to the sides', () => {
    const outputs = tensors({ p3: [1, 80, 8, 8], p4: [1, 80, 4, 4], p5: [1, 80, 2, 2] });
    for (const [name, cells] of [
      ['p3', 64],
      ['p4', 16],
      ['p5', 4],
    ] as const) {
      outputs.get(name)?.data.fill(-20, 64 * cells, 65 * cells);
    }
    // Stride 16, row 2, column 1 of 4.
    const cell = 2 * 4 + 1;
    for (const [side, bin] of [1, 1, 2, 2].entries()) {
      set(outputs, 'p4', (side * 16 + bin) * 16 + cell, [50]);
    }
    set(outputs, 'p4', 64 * 16 + cell, [Math.log(9)]);
    for (const [p, [x, y]] of [
      [-0.5, -0.5],
      [0.5, -0.5],
      [0, 0],
      [-0.5, 0.5],
      [0.5, 0.5],
    ].entries()) {
      set(outputs, 'p4', (65 + p * 3) * 16 + cell, [x as number]);
      set(outputs, 'p4', (66 + p * 3) * 16 + cell, [y as number]);
    }
    assertFace(detectorAdapters['yolo-face']({ ...size, outputs }), {
      x: (1.5 - 1) * 16,
      y: (2.5 - 1) * 16,
      width: 48,
      height: 48,
      score: 0.9,
      points: [0, 16, 32, 16, 16, 32, 0, 48, 32, 48],
    });
  });
});

describe('every adapter', () => {
  for (const [name, decode] of Object.entries(detectorAdapters)) {
    it(`${name} refuses tensors of other shapes`, () => {
      const input: DecodeInput = { ...size, outputs: tensors({ x: [1, 7, 3] }) };
      assert.throws(() => decode(input), RangeError);
    });
  }
});

describe('suppressDoubles', () => {
  const at = (x: number, score: number): Candidate => ({
    x,
    y: 0,
    width: 10,
    height: 10,
    score,
    points: [],
  });

  it('keeps the best of each heap', () => {
    const kept = suppressDoubles([at(0, 0.6), at(1, 0.9), at(30, 0.7)], 0.3, 10);
    assert.deepEqual(
      kept.map(({ score }) => score),
      [0.9, 0.7],
    );
  });

  it('keeps one of two finds of which one lies in the other, whichever is the better', () => {
    const whole = { ...at(0, 0.8), width: 100, height: 130 };
    const eye = { ...at(20, 0.6), y: 30, width: 30, height: 30 };
    // Two thirds of it on the face, the rest on the hair.
    const brow = { ...at(30, 0.5), y: -10, width: 30, height: 30 };
    assert.deepEqual(suppressDoubles([eye, whole, brow], 0.3, 10), [whole]);
    const sure = { ...eye, score: 0.9 };
    assert.deepEqual(suppressDoubles([sure, whole], 0.3, 10), [sure]);
  });

  it('takes a chin across the border of a much larger face for a part of it', () => {
    const face = { ...at(0, 0.9), width: 100, height: 120 };
    const chin = { ...at(30, 0.6), y: 105, width: 40, height: 45 };
    assert.deepEqual(suppressDoubles([face, chin], 0.3, 10), [face]);
  });

  it('keeps a face that another one of its size covers by less than half', () => {
    const near = { ...at(0, 0.8), width: 100, height: 130 };
    const beside = { ...at(85, 0.7), width: 60, height: 80 };
    const behind = { ...at(88, 0.7), y: -80, width: 50, height: 110 };
    assert.equal(suppressDoubles([near, beside], 0.3, 10).length, 2);
    assert.equal(suppressDoubles([near, behind], 0.3, 10).length, 2);
  });

  it('takes a doubtful find that touches a face of half the input for hair or neck, a sure one for a face', () => {
    const face = { ...at(100, 0.94), y: 60, width: 240, height: 350 };
    const neck = { ...at(180, 0.6), y: 330, width: 148, height: 230 };
    const ear = { ...at(78, 0.68), y: 200, width: 42, height: 71 };
    assert.deepEqual(suppressDoubles([face, neck, ear], 0.3, 10), [face]);
    const child = { ...neck, score: 0.85 };
    assert.deepEqual(suppressDoubles([face, child], 0.3, 10), [face, child]);
    // Far enough away, or beside a face of its own size, a doubtful find is kept.
    const apart = { ...ear, x: 40 };
    const twin = { ...face, x: 330, score: 0.6 };
    assert.equal(suppressDoubles([face, apart, twin], 0.3, 10).length, 3);
    // In a picture of a quarter of the size the face is none of the great ones.
    const quarter = (box: Candidate) => ({
      ...box,
      x: box.x / 4,
      y: box.y / 4,
      width: box.width / 4,
      height: box.height / 4,
    });
    assert.equal(suppressDoubles([quarter(face), quarter(neck)], 0.3, 10).length, 2);
  });

  it('keeps neighbours that overlap little, and no more than the limit', () => {
    const row = [at(0, 0.5), at(8, 0.6), at(16, 0.7)];
    assert.equal(suppressDoubles(row, 0.3, 10).length, 3);
    assert.deepEqual(
      suppressDoubles(row, 0.3, 1).map(({ score }) => score),
      [0.7],
    );
  });
});
