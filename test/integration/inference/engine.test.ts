// Over 300 lines: one suite on one engine of tiny models; opening it is most of what a case costs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { from, map } from 'rxjs';
import type { CropStatistics } from '../../../src/domain/face-models.ts';
import type { FaceImage } from '../../../src/domain/frame/face-image.ts';
import { alignTemplate } from '../../../src/domain/geometry/align.ts';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference, type InferenceOptions } from '../../../src/inference/inference.ts';
import { cropStatistics } from '../../../src/inference/worker/crop-statistics.ts';
import { poolTemplate } from '../../../src/operators/pool-template.ts';
import { embedCut } from '../../../src/services/faces/describe-faces.ts';
import { tinyDimension, writeTinyModels } from '../../support/inference/tiny-models.ts';
import { fusedKeyframe } from '../../support/marbles-faces.ts';

const limit = { timeout: 30_000 };

/** A picture of the template's size, its colour falling from left to right. */
function shade(from: number): RgbImage {
  const data = new Uint8Array(112 * 112 * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = Math.max(0, from - (Math.floor(i / 3) % 112));
  return { width: 112, height: 112, data };
}

function cosineOf(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function smallFace(distance: number): FaceImage {
  const k = distance / 35.24;
  const data = new Uint8Array(80 * 80 * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = 40 + (Math.floor(i / 3) % 80);
  return {
    image: { width: 80, height: 80, data },
    landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: 10 + x * k, y: 10 + y * k })),
  };
}

async function open(options: Partial<InferenceOptions> & { manifestPath: string }) {
  const inference = await createInference({ workers: 1, ...options });
  return Object.assign(inference, { [Symbol.asyncDispose]: () => inference.close(0) });
}

describe('inference engine', limit, () => {
  it('embeds, enhances and fuses through worker threads, and says what runs where', async () => {
    await using models = await writeTinyModels();
    await using inference = await open({ manifestPath: models.manifestPath, workers: 2 });
    const face = smallFace(8);
    const raw = await inference.embedder().embed(face);
    const picture = await inference.enhancer().enhance(face);
    assert.ok(picture !== null);
    assert.deepEqual(
      [picture.width, picture.height, picture.data.length],
      [112, 112, 112 * 112 * 3],
    );
    const enhanced = await inference.embedder().embedEnhanced(picture);
    const { fused, gate } = await inference.fuser().fuse({ raw, enhanced, interEyeDistance: 8 });

    assert.equal(raw.vector.length, tinyDimension);
    for (const vector of [raw.vector, enhanced.vector, fused]) {
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    }
    // Tiny models enhance nothing: both branches see the same face.
    const cosine = cosineOf(raw.vector, enhanced.vector);
    assert.ok(cosine > 0.999, `${cosine}`);
    assert.ok(Math.abs(gate - 1 / (1 + Math.exp(-cosine))) < 1e-4);
    // The face's own pixels were not handed over.
    assert.equal(face.image.data.length, 80 * 80 * 3);

    const health = inference.health();
    assert.equal(health.ok, true);
    assert.deepEqual(
      inference
        .providers()
        .map(({ model, provider, precision, partly }) => [model, provider, precision, partly]),
      ['tiny-denoise', 'tiny-superresolve', 'tiny-embed', 'tiny-fuse'].map((name) => [
        name,
        'cpu',
        'fp32',
        false,
      ]),
    );
    assert.deepEqual(
      health.disabled.map(({ task, reason }) => [task, reason]),
      [
        ['detect', 'missing'],
        ['quality', 'missing'],
        ['occlusion', 'missing'],
      ],
    );
  });

  it('refuses a precision that the models lack instead of running another', async () => {
    await using models = await writeTinyModels();
    await assert.rejects(open({ manifestPath: models.manifestPath, precision: 'fp16' }), {
      code: 'MODEL_FILE_MISSING',
      message: /in fp16: the manifest has it in fp32/,
      hint: /precision: auto/,
    });
  });

  it('two experts: each branch has its own model, the fuse model sees the quality', async () => {
    await using models = await writeTinyModels({ experts: true });
    await using inference = await open({ manifestPath: models.manifestPath, workers: 2 });
    const embedder = inference.embedder();
    const face = smallFace(8);
    const picture = await inference.enhancer().enhance(face);
    assert.ok(picture !== null);
    const [raw, enhanced] = await Promise.all([
      embedder.embed(face),
      embedder.embedEnhanced(picture),
    ]);
    // The tiny expert for enhanced pictures turns the sign, and its score with it.
    assert.ok(cosineOf(raw.vector, enhanced.vector) < -0.999);
    assert.ok(raw.recognisability > 0.5 && enhanced.recognisability < 0.5);
    assert.deepEqual(raw.crop, cropStatistics(alignTemplate(face.image, face.landmarks)));
    assert.equal(enhanced.crop, undefined);

    const { lumaMean, lumaDeviation, gradientEnergy } = raw.crop as CropStatistics;
    const weightOf = (logDistance: number, other: number) =>
      Math.exp(
        logDistance + raw.recognisability + other + lumaMean + lumaDeviation + gradientEnergy,
      );
    const both = await inference.fuser().fuse({ raw, enhanced, interEyeDistance: 8 });
    assert.ok(Math.abs(both.gate - 1 / (1 + Math.E)) < 1e-3);
    assert.ok(Math.abs((both.weight ?? 0) / weightOf(-1, enhanced.recognisability) - 1) < 1e-4);
    // Without an enhanced picture the model is asked for the weight alone.
    const alone = await inference.fuser().fuse({ raw, enhanced: null, interEyeDistance: 64 });
    assert.equal(alone.gate, 1);
    assert.deepEqual([...alone.fused], [...raw.vector]);
    assert.ok(Math.abs((alone.weight ?? 0) / weightOf(2, 0) - 1) < 1e-4);
  });

  it('says what covers a recorded face, from the crop that the recogniser sees', async () => {
    await using models = await writeTinyModels({ occlusion: true });
    await using inference = await open({ manifestPath: models.manifestPath, workers: 2 });
    const embedder = inference.embedder();
    const data = new Uint8Array(112 * 112 * 3);
    // Five columns of 22 pixels, each a fifth brighter.
    for (let i = 0; i < data.length; i += 1) {
      data[i] = 51 * (1 + Math.min(4, Math.floor((Math.floor(i / 3) % 112) / 22)));
    }
    const face = { image: { width: 112, height: 112, data }, landmarks: alignedTemplate112 };
    const { occlusion } = await embedder.embed(face);
    assert.ok(occlusion !== undefined);
    const { upper, lower, mask, darkGlasses, headwear } = occlusion;
    for (const [i, value] of [upper, lower, mask, darkGlasses, headwear].entries()) {
      assert.ok(Math.abs(value - (i + 1) / 5) < 0.02, JSON.stringify(occlusion));
    }
    assert.equal((await embedder.embedEnhanced(shade(120))).occlusion, undefined);

    await using without = await writeTinyModels();
    await using blind = await open({ manifestPath: without.manifestPath });
    assert.equal((await blind.embedder().embed(face)).occlusion, undefined);
  });

  it('never mixes the experts in a batch', async () => {
    await using models = await writeTinyModels({ experts: true });
    await using inference = await open({ manifestPath: models.manifestPath });
    const embedder = inference.embedder();
    const face = { image: shade(200), landmarks: alignedTemplate112 };
    const vectors = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { vector } =
          i % 2 === 0 ? await embedder.embed(face) : await embedder.embedEnhanced(shade(200));
        return vector;
      }),
    );
    const signs = vectors.map((vector) => Math.sign(cosineOf(vector, vectors[0] as Float32Array)));
    assert.deepEqual(
      signs,
      vectors.map((_, i) => (i % 2 === 0 ? 1 : -1)),
    );
  });

  it('says from which recognisability on it takes something for a face', async () => {
    await using models = await writeTinyModels({ experts: true, rejectBelow: 0.25 });
    await using inference = await open({ manifestPath: models.manifestPath });
    assert.equal(inference.embedder().rejectBelow, 0.25);
    await using others = await writeTinyModels();
    await using older = await open({ manifestPath: others.manifestPath });
    assert.equal(older.embedder().rejectBelow, undefined);
  });

  it('a track is pooled by the weights that the fuse model gave', async () => {
    await using models = await writeTinyModels({ experts: true });
    await using inference = await open({ manifestPath: models.manifestPath });
    const [dim, bright] = await Promise.all(
      [30, 250].map((from) =>
        embedCut({ image: shade(from), landmarks: alignedTemplate112 }, 40, {
          embedder: inference.embedder(),
          enhancer: inference.enhancer(),
          fuser: inference.fuser(),
        }),
      ),
    );
    assert.ok(dim && bright && dim.weight && bright.weight && dim.weight !== bright.weight);
    const templates: Float32Array[] = [];
    from([dim, bright])
      .pipe(
        map((branches, ordinal) => ({
          kind: 'keyframe' as const,
          keyframe: fusedKeyframe('t', ordinal, { ...branches, model: 'tiny' }),
        })),
        poolTemplate(),
      )
      .subscribe((event) => {
        if (event.kind === 'template') templates.push(event.template.fused);
      });
    const sum = dim.fused.map(
      (value, i) =>
        (dim.weight as number) * value + (bright.weight as number) * (bright.fused[i] as number),
    );
    const pooled = templates.at(-1) as Float32Array;
    assert.ok(cosineOf(sum, pooled) / Math.hypot(...sum) > 1 - 1e-6);
  });

  it('enhances nothing that is large enough', async () => {
    await using models = await writeTinyModels();
    await using inference = await open({ manifestPath: models.manifestPath });
    assert.equal(await inference.enhancer().enhance(smallFace(25)), null);
  });

  it('without denoiser or super-resolver enhances nothing, and says so', async () => {
    await using models = await writeTinyModels({ without: ['tiny-denoise', 'tiny-fuse'] });
    await using inference = await open({ manifestPath: models.manifestPath });
    assert.equal(await inference.enhancer().enhance(smallFace(8)), null);
    const raw = await inference.embedder().embedEnhanced(shade(200));
    const enhanced = await inference.embedder().embedEnhanced(shade(120));
    const fusion = await inference.fuser().fuse({ raw, enhanced, interEyeDistance: 8 });
    assert.deepEqual([fusion.gate, fusion.weight], [1, null]);
    for (const [i, value] of fusion.fused.entries())
      assert.ok(Math.abs(value - (raw.vector[i] as number)) < 1e-6);
    const missing = inference.health().disabled.map(({ task }) => task);
    assert.deepEqual(missing, ['detect', 'denoise', 'quality', 'occlusion', 'fuse']);
  });

  it('gathers what waits into batches, and answers each caller with its own result', async () => {
    await using models = await writeTinyModels();
    const sizes: number[] = [];
    await using inference = await open({
      manifestPath: models.manifestPath,
      observer: { onBatch: ({ size }) => sizes.push(size) },
    });
    const embedder = inference.embedder();
    const alone = [];
    for (let i = 0; i < 20; i += 1) alone.push(await embedder.embedEnhanced(shade(100 + i * 5)));
    sizes.length = 0;
    const together = await Promise.all(
      Array.from({ length: 20 }, (_, i) => embedder.embedEnhanced(shade(100 + i * 5))),
    );
    assert.deepEqual(
      together.map(({ vector }) => [...vector]),
      alone.map(({ vector }) => [...vector]),
    );
    assert.equal(
      sizes.reduce((a, b) => a + b, 0),
      20,
    );
    assert.ok(Math.max(...sizes) === 8, `batches of ${sizes}`);
  });

  it('refuses work beyond the bound of its queue', async () => {
    await using models = await writeTinyModels({ slowLayers: 200 });
    const depths: number[] = [];
    await using inference = await open({
      manifestPath: models.manifestPath,
      queueLimit: 3,
      maxBatch: { embed: 1 },
      observer: { onQueueDepth: (_, depth) => depths.push(depth) },
    });
    const embedder = inference.embedder();
    const settled = await Promise.allSettled(
      Array.from({ length: 12 }, () => embedder.embedEnhanced(shade(200))),
    );
    const codes = settled.flatMap((s) => (s.status === 'rejected' ? [s.reason.code] : []));
    // Two are at the worker (one runs, one waits at its door), three wait in the queue.
    assert.ok(codes.length >= 12 - 5 && codes.length < 12, `${codes.length} refused`);
    assert.ok(codes.every((code) => code === 'INFERENCE_OVERLOADED'));
    assert.equal(Math.max(...depths), 3);
  });

  it('gives up work that takes longer than allowed', async () => {
    await using models = await writeTinyModels({ slowLayers: 3000 });
    await using inference = await open({ manifestPath: models.manifestPath, requestTimeout: 1 });
    await assert.rejects(inference.embedder().embedEnhanced(shade(200)), {
      code: 'INFERENCE_TIMEOUT',
    });
  });

  it('a worker killed in mid-batch: its work is rejected, the next is done, the process lives', async () => {
    await using models = await writeTinyModels({ slowLayers: 1000 });
    const restarts: string[] = [];
    await using inference = await open({
      manifestPath: models.manifestPath,
      observer: { onRestart: (worker) => restarts.push(worker) },
    });
    const embedder = inference.embedder();
    const atWorker = embedder.embedEnhanced(shade(200));
    const waiting = embedder.embedEnhanced(shade(100));
    inference.killWorker('all');
    await assert.rejects(atWorker, { code: 'INFERENCE_WORKER_LOST' });
    assert.equal(inference.health().ok, false);
    // What had not reached the worker yet is done by the next one.
    assert.equal((await waiting).vector.length, tinyDimension);
    const after = await embedder.embedEnhanced(shade(200));
    assert.equal(after.vector.length, tinyDimension);
    assert.deepEqual(restarts, ['all']);
    const [worker] = inference.health().workers;
    assert.deepEqual(worker, {
      name: 'all',
      state: 'ready',
      restarts: 1,
      lastError: 'killed on request',
    });
  });

  it('a hung worker is given up and started again', async () => {
    await using models = await writeTinyModels({ slowLayers: 3000 });
    await using inference = await open({
      manifestPath: models.manifestPath,
      warmUp: false,
      hangTimeout: 1,
    });
    await assert.rejects(inference.embedder().embedEnhanced(shade(200)), {
      code: 'INFERENCE_WORKER_LOST',
    });
  });

  it('closes once, finishes what is under way, takes nothing more', async () => {
    await using models = await writeTinyModels({ slowLayers: 50 });
    const inference = await createInference({ manifestPath: models.manifestPath, workers: 1 });
    const embedder = inference.embedder();
    const underWay = Array.from({ length: 10 }, () => embedder.embedEnhanced(shade(200)));
    const closing = inference.close(20_000);
    assert.equal(inference.close(), closing);
    await assert.rejects(embedder.embedEnhanced(shade(1)), { code: 'INFERENCE_CLOSED' });
    for (const work of underWay) assert.equal((await work).vector.length, tinyDimension);
    await closing;
    assert.deepEqual(
      inference.health().workers.map(({ state }) => state),
      ['closed'],
    );
  });

  it('closing without patience rejects what waits', async () => {
    await using models = await writeTinyModels({ slowLayers: 500 });
    const inference = await createInference({ manifestPath: models.manifestPath, workers: 1 });
    const work = Array.from({ length: 20 }, () => inference.embedder().embedEnhanced(shade(200)));
    const settled = Promise.allSettled(work);
    await inference.close(0);
    const codes = (await settled).map((s) => (s.status === 'rejected' ? s.reason.code : 'done'));
    assert.ok(
      codes.every((code) => code === 'INFERENCE_CLOSED'),
      codes.join(),
    );
  });
});

describe('model files', limit, () => {
  it('a file whose hash differs is refused', async () => {
    await using models = await writeTinyModels();
    await appendFile(path.join(models.folder, 'tiny-embed.onnx'), ' ');
    await assert.rejects(createInference({ manifestPath: models.manifestPath }), {
      code: 'MODEL_HASH_MISMATCH',
    });
  });

  it('a provider that is not there is an error, unless a fallback is configured', async () => {
    await using models = await writeTinyModels();
    // The npm package does not bundle tensorrt.
    await assert.rejects(
      createInference({ manifestPath: models.manifestPath, providers: ['tensorrt'] }),
      { code: 'PROVIDER_UNAVAILABLE' },
    );
    await using inference = await open({
      manifestPath: models.manifestPath,
      providers: ['tensorrt', 'cpu'],
    });
    for (const placement of inference.providers()) {
      assert.equal(placement.provider, 'cpu');
      assert.equal(placement.fallbackFrom, 'tensorrt');
      assert.ok(placement.fallbackReason);
    }
  });

  it('a model asked for by a name that is not listed is an error', async () => {
    await using models = await writeTinyModels();
    await assert.rejects(
      createInference({ manifestPath: models.manifestPath, models: { embed: 'other' } }),
      { code: 'MODEL_FILE_MISSING' },
    );
  });
});

describe('a program that ends with close', limit, () => {
  it('ends with exit code 0, and soon', async () => {
    await using models = await writeTinyModels();
    const inferenceUrl = new URL('../../../src/inference/inference.ts', import.meta.url);
    const program = `
      import { createInference } from ${JSON.stringify(inferenceUrl.href)};
      const inference = await createInference({ manifestPath: ${JSON.stringify(models.manifestPath)} });
      await inference.close();
      console.log('closed');
    `;
    const file = path.join(models.folder, 'program.mjs');
    await writeFile(file, program);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(stdout, 'closed\n', stderr);
    assert.equal(status, 0);
  });
});
