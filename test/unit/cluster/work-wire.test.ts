import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeDone,
  decodeWork,
  encodeDone,
  encodeWork,
  type Outcome,
} from '../../../src/cluster/work-wire.ts';
import type { Keyframe } from '../../../src/domain/keyframe.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';

const { enhanced, enhancedImage, fused, gate, model, raw, weight, ...keyframe } = remoteKeyframe();
const { quality } = keyframe;
const faceLandmarks = keyframe.face.landmarks;

describe('wire format of faces that another node recognises', () => {
  it('brings the face over without its frame, with its age on the clock of who reads it', () => {
    const bytes = encodeWork({ id: 7, models: 'hash', keyframe }, 1_000);
    const work = decodeWork(bytes, 5_000);
    const expected: Keyframe = { ...keyframe, capturedMonotonic: 4_900, scene: new Uint8Array() };
    assert.deepEqual(work, { id: 7, models: 'hash', keyframe: expected });
  });

  it('brings every outcome back', () => {
    const recognised = { enhanced, enhancedImage, fused, gate, model, raw, weight };
    const outcomes: Outcome[] = [
      { kind: 'fused', recognised: { ...recognised, quality, faceLandmarks } },
      {
        kind: 'fused',
        recognised: {
          ...{ ...recognised, quality, faceLandmarks, enhanced: null, enhancedImage: null },
          ...{ enhancementFailed: true, alignmentFailed: true },
        },
      },
      { kind: 'not_a_face' },
      { kind: 'failed', code: 'INFERENCE_TIMEOUT' },
    ];
    for (const outcome of outcomes) {
      assert.deepEqual(decodeDone(encodeDone(3, outcome)), { id: 3, outcome });
    }
  });

  it('reads nothing that was cut, lengthened or of another version', () => {
    const work = encodeWork({ id: 7, models: 'hash', keyframe }, 1_000);
    const done = encodeDone(3, {
      kind: 'fused',
      recognised: {
        ...{ enhanced, enhancedImage, fused, gate, model, raw, weight, quality, faceLandmarks },
      },
    });
    for (const [bytes, read] of [
      [work, (given: Uint8Array) => decodeWork(given, 0)],
      [done, decodeDone],
    ] as const) {
      for (let end = 0; end < bytes.length; end += 97) {
        assert.equal(read(bytes.subarray(0, end)), null);
      }
      assert.equal(read(Buffer.concat([bytes, Buffer.from('x')])), null);
      const other = Uint8Array.from(bytes);
      other[0] = 9;
      assert.equal(read(other), null);
    }
  });
});
