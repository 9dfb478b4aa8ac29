import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FaceImage } from '../../../src/domain/frame/face-image.ts';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference, type InferenceOptions } from '../../../src/inference/inference.ts';
import type { SessionRun } from '../../../src/inference/protocol.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';

const variant = 'a-gate';

function smallFace(shade: number): FaceImage {
  const data = new Uint8Array(80 * 80 * 3).fill(shade);
  return {
    image: { width: 80, height: 80, data },
    landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({
      x: 10 + (x * 8) / 35.24,
      y: 10 + (y * 8) / 35.24,
    })),
  };
}

function shadeOf(picture: RgbImage | null): number {
  return picture?.data[(56 * 112 + 56) * 3] ?? Number.NaN;
}

async function open(options: Partial<InferenceOptions> & { manifestPath: string }) {
  const inference = await createInference({ workers: 1, ...options });
  return Object.assign(inference, { [Symbol.asyncDispose]: () => inference.close(0) });
}

describe('denoisers of single cameras', { timeout: 60_000 }, () => {
  it('a camera that names one goes through it, all others through the usual one', async () => {
    const runs: SessionRun[] = [];
    await using models = await writeTinyModels({ denoisers: [variant] });
    await using inference = await open({
      ...{ manifestPath: models.manifestPath, denoisers: [variant] },
      maxBatch: { enhance: 8 },
      observer: { onBatch: (run) => runs.push(run) },
    });
    const [usual, own] = [inference.enhancer(), inference.enhancer(variant)];
    const made = await Promise.all([
      ...[usual, own, usual, own, null].map((each) => (each ?? usual).enhance(smallFace(200))),
    ]);
    assert.deepEqual(made.map(shadeOf), [200, 55, 200, 55, 200]);
    const denoised = runs.filter(({ model }) => model !== 'tiny-superresolve');
    // A batch is of one denoiser: no run of either has seen a face of the other.
    const facesBy = (name: string) =>
      denoised.reduce((sum, { model, size }) => sum + (model === name ? size : 0), 0);
    assert.deepEqual([facesBy('tiny-denoise'), facesBy(variant)], [3, 2]);
    const [background] = [inference.background().enhancer(variant)];
    assert.equal(shadeOf(await background.enhance(smallFace(10))), 245);
  });

  it('is named by its file too; what an alert says of its models is what its camera went through', async () => {
    await using models = await writeTinyModels({ denoisers: [variant] });
    const file = `${variant}.onnx`;
    await using inference = await open({ manifestPath: models.manifestPath, denoisers: [file] });
    assert.equal(shadeOf(await inference.enhancer(file).enhance(smallFace(200))), 55);
    const denoisersIn = (stamps: ReturnType<typeof inference.stamps>) =>
      stamps.flatMap(({ name, task }) => (task === 'denoise' ? [name] : []));
    assert.deepEqual(denoisersIn(inference.stamps()), ['tiny-denoise']);
    assert.deepEqual(denoisersIn(inference.stamps(file)), [variant]);
    assert.equal(inference.stamps().length, inference.stamps(file).length);
    const placed = inference.health().models.map(({ model }) => model);
    assert.ok(placed.includes(variant) && placed.includes('tiny-denoise'));
    assert.deepEqual([inference.hasDenoiser(file), inference.hasDenoiser('other')], [true, false]);
    assert.throws(() => inference.enhancer('other'), { code: 'MODEL_FILE_MISSING' });
  });

  it('is not loaded where no camera names it, and not taken for the usual one', async () => {
    await using models = await writeTinyModels({ denoisers: [variant] });
    // A damaged file that nobody asked for harms nobody.
    await appendFile(path.join(models.folder, `${variant}.onnx`), 'x');
    await using inference = await open({ manifestPath: models.manifestPath });
    assert.equal(shadeOf(await inference.enhancer().enhance(smallFace(200))), 200);
    assert.ok(!inference.providers().some(({ model }) => model === variant));
  });

  it('refuses a file that is not the one of the manifest, and a name that it does not have', async () => {
    await using models = await writeTinyModels({ denoisers: [variant] });
    const { manifestPath } = models;
    await assert.rejects(open({ manifestPath, denoisers: ['a-gait'] }), {
      code: 'MODEL_FILE_MISSING',
      message: /Cannot use the denoiser a-gait/,
    });
    // The usual denoiser is no variant.
    await assert.rejects(open({ manifestPath, denoisers: ['tiny-denoise'] }), {
      code: 'MODEL_FILE_MISSING',
    });
    const file = path.join(models.folder, `${variant}.onnx`);
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await assert.rejects(open({ manifestPath, denoisers: [variant] }), {
      code: 'MODEL_HASH_MISMATCH',
    });
  });

  it('refuses a variant with another input, of no denoiser, or of a file elsewhere', async () => {
    await using models = await writeTinyModels({ denoisers: [variant] });
    const { manifestPath } = models;
    const text = await readFile(manifestPath, 'utf8');
    const withChange = async (change: (entry: Record<string, unknown>) => void) => {
      const manifest = JSON.parse(text) as { models: Record<string, unknown>[] };
      for (const entry of manifest.models) if (entry['name'] === variant) change(entry);
      await writeFile(manifestPath, JSON.stringify(manifest));
      return open({ manifestPath, denoisers: [variant] });
    };
    await assert.rejects(
      withChange((entry) => {
        (entry['input'] as Record<string, unknown>)['scale'] = [1, 1, 1];
      }),
      { code: 'MODEL_MANIFEST_INVALID', message: /another input or output than tiny-denoise/ },
    );
    await assert.rejects(
      withChange((entry) => {
        entry['variantOf'] = 'tiny-embed';
      }),
      { code: 'MODEL_MANIFEST_INVALID', message: /a variant of a denoiser that the manifest/ },
    );
    await assert.rejects(
      withChange((entry) => {
        for (const each of entry['variants'] as Record<string, unknown>[])
          each['file'] = '../elsewhere.onnx';
      }),
      { code: 'MODEL_MANIFEST_INVALID', message: /outside the manifest's folder/ },
    );
  });
});
