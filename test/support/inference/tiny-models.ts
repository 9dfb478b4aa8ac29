import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fuseQualityNames, manifestSchema } from '../../../src/inference/manifest-schema.ts';
import { type Node, tinyOnnx } from './tiny-onnx.ts';

/** Length of the tiny recogniser's embeddings: a 4x4 thumbnail in three colours. */
export const tinyDimension = 48;

const picture = (name: string) => ({ name, dims: ['n', 3, 'h', 'w'] }) as const;

/**
 * Mean colours of a 4x4 grid; `layers` slow it down without changing the result.
 * @param negative the same with the sign turned
 */
function thumbnail(layers: number, negative = false): Uint8Array {
  const slow: Node[] = Array.from({ length: layers }, (_, i) => ({
    op: 'AveragePool',
    inputs: [i === 0 ? 'input' : `slow${i - 1}`],
    outputs: [`slow${i}`],
    attributes: { kernel_shape: [1, 1], strides: [1, 1] },
  }));
  return tinyOnnx({
    nodes: [
      ...slow,
      {
        op: 'AveragePool',
        inputs: [layers === 0 ? 'input' : `slow${layers - 1}`],
        outputs: ['grid'],
        attributes: { kernel_shape: [28, 28], strides: [28, 28] },
      },
      { op: negative ? 'Neg' : 'Identity', inputs: ['grid'], outputs: ['signed'] },
      { op: 'Flatten', inputs: ['signed'], outputs: ['embedding'] },
    ],
    inputs: [{ name: 'input', dims: ['n', 3, 112, 112] }],
    outputs: [{ name: 'embedding', dims: ['n', tinyDimension] }],
  });
}

const identity = tinyOnnx({
  nodes: [{ op: 'Identity', inputs: ['input'], outputs: ['output'] }],
  inputs: [picture('input')],
  outputs: [picture('output')],
});

/** What a camera of its own gets: the negative. */
const negative = tinyOnnx({
  nodes: [{ op: 'Sub', inputs: ['one', 'input'], outputs: ['output'] }],
  constants: [{ name: 'one', dims: [1], type: 'float32', values: [1] }],
  inputs: [picture('input')],
  outputs: [picture('output')],
});

const enlarge = tinyOnnx({
  nodes: [
    {
      op: 'Resize',
      inputs: ['input', '', 'scales'],
      outputs: ['output'],
      attributes: { mode: 'nearest' },
    },
  ],
  constants: [{ name: 'scales', dims: [4], type: 'float32', values: [1, 1, 4, 4] }],
  inputs: [picture('input')],
  outputs: [picture('output')],
});

/** gate = sigmoid(raw . enhanced); fused = their sum. */
const fuse = tinyOnnx({
  nodes: [
    { op: 'Mul', inputs: ['raw', 'enhanced'], outputs: ['product'] },
    { op: 'ReduceSum', inputs: ['product', 'axis'], outputs: ['dot'], attributes: { keepdims: 1 } },
    { op: 'Sigmoid', inputs: ['dot'], outputs: ['gate'] },
    { op: 'Add', inputs: ['raw', 'enhanced'], outputs: ['fused'] },
  ],
  constants: [{ name: 'axis', dims: [1], type: 'int64', values: [1] }],
  inputs: ['raw', 'enhanced'].map((name) => ({ name, dims: ['n', tinyDimension] })),
  outputs: [
    { name: 'fused', dims: ['n', tinyDimension] },
    { name: 'gate', dims: ['n', 1] },
  ],
});

/** The same with the form of version 0.2: weight = exp(sum of the quality vector). */
const weighingFuse = tinyOnnx({
  nodes: [
    { op: 'Mul', inputs: ['raw', 'enhanced'], outputs: ['product'] },
    { op: 'ReduceSum', inputs: ['product', 'axis'], outputs: ['dot'], attributes: { keepdims: 1 } },
    { op: 'Sigmoid', inputs: ['dot'], outputs: ['gate'] },
    { op: 'Add', inputs: ['raw', 'enhanced'], outputs: ['fused'] },
    { op: 'ReduceSum', inputs: ['quality', 'axis'], outputs: ['sum'], attributes: { keepdims: 1 } },
    { op: 'Exp', inputs: ['sum'], outputs: ['weight'] },
  ],
  constants: [{ name: 'axis', dims: [1], type: 'int64', values: [1] }],
  inputs: [
    ...['raw', 'enhanced'].map((name) => ({ name, dims: ['n', tinyDimension] })),
    { name: 'quality', dims: ['n', fuseQualityNames.length] },
  ],
  outputs: [
    { name: 'fused', dims: ['n', tinyDimension] },
    { name: 'gate', dims: ['n', 1] },
    { name: 'weight', dims: ['n', 1] },
  ],
});

/** score = sigmoid(mean of the embedding). */
const quality = tinyOnnx({
  nodes: [
    {
      op: 'ReduceMean',
      inputs: ['embedding'],
      outputs: ['mean'],
      attributes: { axes: [1], keepdims: 1 },
    },
    { op: 'Sigmoid', inputs: ['mean'], outputs: ['score'] },
  ],
  inputs: [{ name: 'embedding', dims: ['n', tinyDimension] }],
  outputs: [{ name: 'score', dims: ['n', 1] }],
});

/** Five columns of the crop: how bright each is, 0..1. */
const occlusion = tinyOnnx({
  nodes: [
    {
      op: 'ReduceMean',
      inputs: ['input'],
      outputs: ['grey'],
      attributes: { axes: [1], keepdims: 1 },
    },
    {
      op: 'AveragePool',
      inputs: ['grey'],
      outputs: ['columns'],
      attributes: { kernel_shape: [112, 22], strides: [112, 22] },
    },
    { op: 'Flatten', inputs: ['columns'], outputs: ['occlusion'] },
  ],
  inputs: [{ name: 'input', dims: ['n', 3, 112, 112] }],
  outputs: [{ name: 'occlusion', dims: ['n', 5] }],
});

const planar = {
  name: 'input',
  layout: 'NCHW',
  channels: 'RGB',
  height: null,
  width: null,
} as const;

const occlusionDraft = {
  name: 'tiny-occlusion',
  task: 'occlusion',
  bytes: occlusion,
  input: { ...planar, mean: [0, 0, 0], scale: [255, 255, 255], height: 112, width: 112 },
  output: { decode: 'occlusion', name: 'occlusion' },
};

export interface TinyModels extends AsyncDisposable {
  readonly manifestPath: string;
  readonly folder: string;
}

export interface TinyModelOptions {
  slowLayers?: number;
  without?: readonly string[];
  experts?: boolean;
  rejectBelow?: number;
  version?: string;
  denoisers?: readonly string[];
  occlusion?: boolean;
}

/**
 * A folder with a manifest of tiny models.
 * @param options.slowLayers operators that do nothing but take time, in the recogniser
 * @param options.experts with two recognisers, a quality model, and a fuse model that weighs keyframes
 * @param options.rejectBelow of the quality model
 * @param options.version of every entry
 * @param options.occlusion with a model that says what covers a face
 * @param options.denoisers names of variants of the denoiser, which make the negative
 */
export async function writeTinyModels(options: TinyModelOptions = {}): Promise<TinyModels> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-tiny-'));
  const drafts = draftsOf(options).filter(({ name }) => !options.without?.includes(name));
  const models = await Promise.all(
    drafts.map(async ({ bytes, ...draft }) => {
      const file = `${draft.name}.onnx`;
      await writeFile(path.join(folder, file), bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return {
        ...draft,
        version: options.version ?? '1',
        licence: 'Apache-2.0',
        card: 'none',
        variants: [{ precision: 'fp32', file, sha256, bytes: bytes.length }],
      };
    }),
  );
  const manifestPath = path.join(folder, 'manifest.json');
  await writeFile(manifestPath, JSON.stringify(manifestSchema.parse({ schema: 1, models })));
  return {
    manifestPath,
    folder,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Entries of the manifest, with the bytes of their models. */
function draftsOf(options: TinyModelOptions) {
  const unit = { mean: [0, 0, 0], scale: [255, 255, 255] };
  const experts = [
    {
      name: 'tiny-embed-enhanced',
      task: 'embed-enhanced',
      bytes: thumbnail(0, true),
      input: { ...planar, ...unit, height: 112, width: 112, align: 'arcface-112' },
      output: { decode: 'embedding', name: 'embedding', dimension: tinyDimension },
    },
    {
      name: 'tiny-quality',
      task: 'quality',
      bytes: quality,
      input: { name: 'embedding', layout: 'NC', dimension: tinyDimension },
      output: { decode: 'score', name: 'score' },
      ...(options.rejectBelow === undefined ? {} : { rejectBelow: options.rejectBelow }),
    },
  ];
  return [
    {
      name: 'tiny-embed',
      task: 'embed',
      bytes: thumbnail(options.slowLayers ?? 0),
      input: { ...planar, ...unit, height: 112, width: 112, align: 'arcface-112' },
      output: { decode: 'embedding', name: 'embedding', dimension: tinyDimension },
    },
    // Ahead in the list: a camera that names none must not get them.
    ...(options.denoisers ?? []).map((name) => ({
      name,
      task: 'denoise',
      variantOf: 'tiny-denoise',
      bytes: negative,
      input: { ...planar, ...unit },
      output: { decode: 'image', name: 'output' },
    })),
    {
      name: 'tiny-denoise',
      task: 'denoise',
      bytes: identity,
      input: { ...planar, ...unit },
      output: { decode: 'image', name: 'output' },
    },
    {
      name: 'tiny-superresolve',
      task: 'superresolve',
      bytes: enlarge,
      // Another value range than the denoiser's: the chain has to convert.
      input: { ...planar, mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
      output: { decode: 'image', name: 'output', scale: 4 },
    },
    {
      name: 'tiny-fuse',
      task: 'fuse',
      bytes: options.experts ? weighingFuse : fuse,
      input: {
        ...(options.experts
          ? { names: ['raw', 'enhanced', 'quality'], quality: fuseQualityNames }
          : { names: ['raw', 'enhanced'] }),
        layout: 'NC',
        dimension: tinyDimension,
      },
      output: {
        ...(options.experts ? { weight: 'weight' } : {}),
        decode: 'fusion',
        name: 'fused',
        gate: 'gate',
        dimension: tinyDimension,
      },
    },
    ...(options.experts ? experts : []),
    ...(options.occlusion ? [occlusionDraft] : []),
  ];
}
