import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Precision, precisions } from '../../../src/inference/manifest-schema.ts';
import {
  chooseVariant,
  type VariantQuestion,
} from '../../../src/inference/worker/choose-variant.ts';

function choose(
  change: Partial<Omit<VariantQuestion, 'entry'>> & {
    task?: 'detect' | 'embed';
    has?: readonly Precision[];
  },
) {
  const { task = 'detect', has = precisions, ...rest } = change;
  const variants = has.map((precision) => ({ precision, file: 'a.onnx', sha256: '', bytes: 1 }));
  const entry = { name: 'a', task, variants };
  const at = chooseVariant({
    entry,
    provider: 'cpu',
    asked: 'auto',
    int8DotProducts: true,
    ...rest,
  });
  return variants[at]?.precision;
}

describe('chooseVariant', () => {
  it('takes INT8 for a detector on a processor made for it, by itself', () => {
    assert.equal(choose({}), 'int8');
    assert.equal(choose({ int8DotProducts: false }), 'fp32');
    assert.equal(choose({ has: ['fp32', 'fp16'] }), 'fp32');
  });

  it('leaves templates in FP32, which other machines compare with', () => {
    assert.equal(choose({ task: 'embed' }), 'fp32');
    assert.equal(choose({ task: 'embed', has: ['int8', 'fp16'] }), 'int8');
  });

  it('takes FP16 on a GPU', () => {
    for (const provider of ['webgpu', 'cuda', 'tensorrt'] as const) {
      assert.equal(choose({ provider }), 'fp16');
      assert.equal(choose({ provider, has: ['int8', 'fp32'] }), 'fp32');
    }
  });

  it('takes what was asked for, INT8 where there is one', () => {
    assert.equal(choose({ asked: 'fp32' }), 'fp32');
    assert.equal(choose({ asked: 'fp16' }), 'fp16');
    assert.equal(choose({ asked: 'int8', int8DotProducts: false, task: 'embed' }), 'int8');
    assert.equal(choose({ asked: 'int8', has: ['fp32', 'fp16'] }), 'fp32');
  });

  it('refuses a precision that the model lacks and names those it has', () => {
    assert.throws(() => choose({ asked: 'fp16', has: ['fp32', 'int8'] }), {
      code: 'MODEL_FILE_MISSING',
      message: /Cannot run a in fp16: the manifest has it in fp32, int8/,
    });
  });
});
