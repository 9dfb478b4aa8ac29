import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { embeddingSpace } from '../../../src/inference/embedder.ts';
import {
  checkModelFile,
  findModel,
  hashFile,
  modelPath,
  parseManifest,
} from '../../../src/inference/manifest.ts';

const hash = 'a'.repeat(64);
const embed = {
  name: 'our-embed',
  task: 'embed',
  version: '1',
  licence: 'Apache-2.0',
  card: 'cards/embed.md',
  variants: [
    { precision: 'fp16', file: 'e16.onnx', sha256: 'b'.repeat(64), bytes: 5 },
    { precision: 'fp32', file: 'e.onnx', sha256: hash, bytes: 10 },
  ],
  input: {
    name: 'input',
    layout: 'NCHW',
    channels: 'RGB',
    mean: [127.5, 127.5, 127.5],
    scale: [128, 128, 128],
    height: 112,
    width: 112,
  },
  output: { decode: 'embedding', dimension: 256 },
};
const parse = (manifest: unknown) => parseManifest(JSON.stringify(manifest), 'test');
const manifest = (...models: unknown[]) => ({ schema: 1, models });

describe('model manifest', () => {
  it('takes what training writes', () => {
    const parsed = parse({
      ...manifest(embed),
      enhance: {
        sizes: [
          { maxIed: 11, size: 32 },
          { maxIed: 24, size: 48 },
        ],
      },
    });
    assert.equal(findModel(parsed, 'embed')?.output.dimension, 256);
    assert.equal(findModel(parsed, 'embed', 'other'), undefined);
    assert.equal(findModel(parsed, 'detect'), undefined);
  });

  const faults: [string, unknown, RegExp][] = [
    ['an unknown key', manifest({ ...embed, colour: 1 }), /models\.0: Unrecognized key: "colour"/],
    ['an unknown task', manifest({ ...embed, task: 'guess' }), /models\.0\.task: /],
    [
      'a detector decoding of a recogniser',
      manifest({ ...embed, output: { decode: 'yunet' } }),
      /models\.0\.output\.decode/,
    ],
    [
      'a scale of zero',
      manifest({ ...embed, input: { ...embed.input, scale: [0, 1, 1] } }),
      /models\.0\.input\.scale\.0: a scale is not zero/,
    ],
    [
      'a short hash',
      manifest({ ...embed, variants: [{ ...embed.variants[0], sha256: 'abc' }] }),
      /variants\.0\.sha256: 64 lower-case/,
    ],
    [
      'a precision twice',
      manifest({ ...embed, variants: [embed.variants[0], embed.variants[0]] }),
      /a precision is listed once/,
    ],
    ['a name twice', manifest(embed, embed), /models\.1\.name: our-embed is listed twice/],
    [
      'an unknown alignment',
      manifest({ ...embed, input: { ...embed.input, align: 'askew' } }),
      /input\.align/,
    ],
    [
      'region sizes that fall',
      {
        ...manifest(embed),
        enhance: {
          sizes: [
            { maxIed: 24, size: 48 },
            { maxIed: 11, size: 32 },
          ],
        },
      },
      /sizes rise by maxIed/,
    ],
    ['another schema', { schema: 2, models: [] }, /schema/],
  ];
  for (const [name, value, message] of faults) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parse(value),
        (error) => {
          assert.ok(isNightglassError(error, 'MODEL_MANIFEST_INVALID'));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it('refuses what is no JSON', () => {
    assert.throws(() => parseManifest('{', 'test'), { code: 'MODEL_MANIFEST_INVALID' });
  });

  it('names files within its own folder only', () => {
    assert.equal(modelPath('/m', 'a/b.onnx'), '/m/a/b.onnx');
    for (const file of ['../x.onnx', '/etc/passwd', 'a/../../x']) {
      assert.throws(() => modelPath('/m', file), { code: 'MODEL_MANIFEST_INVALID' });
    }
    assert.equal(modelPath('/m', '/other/x.onnx', true), '/other/x.onnx');
  });

  it('names an embedding space by the full-precision weights', () => {
    const entry = findModel(parse(manifest(embed)), 'embed');
    assert.ok(entry);
    const space = embeddingSpace({ embed: entry });
    assert.match(space, new RegExp(`^our-embed@${entry.version}:[0-9a-f]{8}$`));
    const variants = entry.variants.map((variant) => ({ ...variant, sha256: 'b'.repeat(64) }));
    assert.notEqual(embeddingSpace({ embed: { ...entry, variants } }), space);
    const half = [{ ...variants[0], precision: 'fp16' as const } as (typeof variants)[0]];
    const other = { ...entry, variants: [...half, ...entry.variants] };
    assert.equal(embeddingSpace({ embed: other }), space);
    // The gate takes part in a template, and so does the expert for enhanced pictures.
    const enhanced = { ...entry, task: 'embed-enhanced' as const };
    assert.notEqual(embeddingSpace({ embed: entry, enhanced }), space);
  });
});

describe('model file check', () => {
  it('passes a file of the stated hash and refuses all others', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-'));
    try {
      const file = path.join(folder, 'm.onnx');
      await writeFile(file, 'weights');
      const good = { precision: 'fp32' as const, file, sha256: await hashFile(file), bytes: 7 };
      await checkModelFile(file, good);
      await assert.rejects(checkModelFile(file, { ...good, bytes: 8 }), {
        code: 'MODEL_HASH_MISMATCH',
      });
      await assert.rejects(checkModelFile(file, { ...good, sha256: hash }), {
        code: 'MODEL_HASH_MISMATCH',
      });
      await assert.rejects(checkModelFile(`${file}.not`, good), { code: 'MODEL_FILE_MISSING' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
