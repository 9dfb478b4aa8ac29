import type { Items, ModelSet, Operation, Results, WorkerSetup } from '../protocol.ts';
import { FaceAlignment } from './align-faces.ts';
import { FaceDetection } from './detect-faces.ts';
import { FaceEmbedding } from './embed-faces.ts';
import { FaceEnhancement } from './enhance-faces.ts';
import { EmbeddingFusion } from './fuse-embeddings.ts';
import type { ModelSession } from './model-session.ts';

/** The work that the loaded models can do. */
export type OperationTable = {
  [K in Operation]?: { run(items: readonly Items[K][]): Promise<Results[K][]> };
};

/** Sessions by task. */
export type SessionSet = { [K in keyof ModelSet]?: ModelSession };

/**
 * Puts the operations together from the sessions that are there.
 * @param denoisers those of single cameras
 */
export function operationTable(
  sessions: SessionSet,
  denoisers: readonly ModelSession[] = [],
): OperationTable {
  const { detect, align, denoise, superresolve, embed, quality, occlusion, fuse } = sessions;
  const enhanced = sessions['embed-enhanced'];
  const stages = [denoise, superresolve].filter((stage) => stage !== undefined);
  return {
    ...(detect && { detect: new FaceDetection(detect) }),
    ...(align && { align: new FaceAlignment(align) }),
    ...(stages.length > 0 && {
      enhance: new FaceEnhancement(
        stages,
        new Map(
          denoisers.map((variant) => [
            variant.entry.name,
            superresolve === undefined ? [variant] : [variant, superresolve],
          ]),
        ),
      ),
    }),
    ...(embed && { embed: new FaceEmbedding({ raw: embed, enhanced, quality, occlusion }) }),
    ...(fuse && { fuse: new EmbeddingFusion(fuse) }),
  };
}

/** Runs every operation once on blank input: the first real face must not pay for set-up. */
export async function warmUp(table: OperationTable, setup: WorkerSetup): Promise<void> {
  const blank = (width: number, height: number) => ({
    width,
    height,
    data: new Uint8Array(width * height * 3),
  });
  await table.detect?.run([
    {
      pixels: blank(setup.detectWidth, setup.detectHeight),
      inputWidth: setup.detectWidth,
      inputHeight: setup.detectHeight,
      scoreThreshold: 0.99,
      nmsThreshold: 0.3,
      maxFaces: 1,
      coarse: setup.models.detect?.entry.input.height === null,
    },
  ]);
  for (const branch of ['raw', 'enhanced'] as const) {
    await table.embed?.run([{ branch, pixels: blank(112, 112), landmarks: null }]);
  }
  const landmarks = [20, 20, 30, 20, 25, 26, 21, 31, 29, 31];
  await table.align?.run([{ pixels: blank(50, 50), landmarks }]);
  for (const side of setup.regionSides) {
    const face = { pixels: blank(50, 50), landmarks, side };
    await table.enhance?.run([face]);
    for (const { entry } of setup.denoisers) {
      await table.enhance?.run([{ ...face, denoiser: entry.name }]);
    }
  }
  const fuse = setup.models.fuse?.entry.input;
  if (fuse !== undefined) {
    const pair = new Float32Array(2 * fuse.dimension + (fuse.quality?.length ?? 0));
    await table.fuse?.run([{ pair: pair.fill(1 / Math.sqrt(fuse.dimension)) }]);
  }
}
