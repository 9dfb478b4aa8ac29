// Over 300 lines: one schema, an object a task.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { alignmentNames } from './alignments.ts';

export const precisions = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof precisions)[number];

/** How a detector's outputs are read; each has an adapter. */
export const detectorDecodings = ['yunet', 'scrfd', 'retinaface', 'yolo-face'] as const;
export type DetectorDecoding = (typeof detectorDecodings)[number];

/** Components of a fuse model's quality input; see `quality-vector.ts`. */
export const fuseQualityNames = [
  'log_ied',
  'recognisability_raw',
  'recognisability_enhanced',
  'luma_mean',
  'luma_deviation',
  'gradient_energy',
] as const;
export type FuseQualityName = (typeof fuseQualityNames)[number];

const tensorName = z.string().min(1);
const size = z.int().positive();
const channelScale = z.number().refine((n) => n !== 0, 'a scale is not zero');

const variant = z.strictObject({
  precision: z.enum(precisions),
  /** Relative to the manifest's folder. */
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'),
  bytes: size,
  /** Where `models pull` fetches it from. */
  url: z.url({ protocol: /^https?$/ }).optional(),
});

const calibration = z.strictObject({
  /** How the figures were won. */
  protocol: z.string().min(1),
  /** [false match rate, cosine from which on a pair matches], falling rates. */
  impostorQuantiles: z.array(z.tuple([z.number().gt(0).lte(1), z.number().min(-1).max(1)])).min(2),
});

const poorView = z.strictObject({
  /** Pixels between the eyes of the simulated picture of an enrolled face. */
  pixels: z.number().min(4).max(32),
  /** Its share in the embedding; the rest is the clear template. */
  share: z.number().gt(0).max(1),
  /** Probes with fewer pixels between the eyes are compared with it. */
  below: z.number().positive(),
  /** Of these cosines, so that the scores of strangers are those that clear templates give. */
  scale: z.number().gt(0).max(2),
});

/** Value = (pixel 0..255 - mean) / scale, a channel. */
const pictureInput = z.strictObject({
  name: tensorName,
  layout: z.enum(['NCHW', 'NHWC']),
  channels: z.enum(['RGB', 'BGR']),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  scale: z.tuple([channelScale, channelScale, channelScale]),
  /** Null where the model takes any size. */
  height: size.nullable(),
  width: size.nullable(),
  /** Sides of any size are multiples of this. */
  multiple: size.optional(),
  /** How a recogniser's face is aligned; `arcface-112` when left out. */
  align: z.enum(alignmentNames).optional(),
  /** Present when the graph fixes the batch. */
  batch: size.optional(),
});
const planarInput = pictureInput.refine(
  ({ layout, channels }) => layout === 'NCHW' && channels === 'RGB',
  'picture to picture models are NCHW and RGB',
);

const common = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dot, dash and underscore'),
  version: z.string().min(1),
  licence: z.string().min(1),
  /** Model card, relative to the manifest's folder. */
  card: z.string().min(1),
  variants: z
    .array(variant)
    .min(1)
    .refine(
      (variants) => new Set(variants.map(({ precision }) => precision)).size === variants.length,
      'a precision is listed once',
    ),
  training: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  measured: z.record(z.string(), z.unknown()).optional(),
};

const image = z.strictObject({
  decode: z.literal('image'),
  name: tensorName.optional(),
  /** Times larger than the input. */
  scale: size.optional(),
});

const embedding = z.strictObject({
  decode: z.literal('embedding'),
  name: tensorName.optional(),
  dimension: size,
});

/** An entry of the manifest, by task. */
export const modelEntrySchema = z.discriminatedUnion('task', [
  z.strictObject({
    task: z.literal('detect'),
    ...common,
    input: pictureInput,
    output: z.strictObject({ decode: z.enum(detectorDecodings) }),
    scoreThreshold: z.number().gt(0).lt(1).optional(),
    nmsThreshold: z.number().gt(0).lt(1).optional(),
    /**
     * Inter-eye distances in pixels of the model's input: a face of more than `above` is
     * looked at again, brought down to `at`, where its landmarks are better.
     */
    secondLook: z
      .strictObject({ above: z.number().positive(), at: z.number().positive() })
      .refine(({ above, at }) => at < above, 'the second look is at less')
      .optional(),
  }),
  z.strictObject({
    /** Says how far a face stands off the template, in the template crop scaled to its input. */
    task: z.literal('align'),
    ...common,
    input: planarInput
      .safeExtend({ height: size, width: size })
      .refine(({ height, width }) => height === width, 'the crop is a square'),
    output: z.strictObject({
      decode: z.literal('offset'),
      name: tensorName.optional(),
      /** How often it looks, each time at the crop that its last answer gives. */
      passes: z.int().min(1).max(4),
    }),
    /** Larger faces, by inter-eye distance in source pixels, keep the detector's landmarks. */
    maxIed: z.number().positive().optional(),
  }),
  z.strictObject({
    task: z.literal('denoise'),
    ...common,
    input: planarInput,
    output: image,
    /** Name of the denoiser that this one was tuned from, to the noise of a camera; it serves cameras that name it. */
    variantOf: z.string().min(1).optional(),
  }),
  z.strictObject({ task: z.literal('superresolve'), ...common, input: planarInput, output: image }),
  z.strictObject({
    task: z.literal('embed'),
    ...common,
    input: pictureInput,
    output: embedding,
    calibration: calibration.optional(),
  }),
  z.strictObject({
    /** The expert for enhanced pictures, in the space of `embed`; without it `embed` sees both. */
    task: z.literal('embed-enhanced'),
    ...common,
    input: pictureInput,
    output: embedding,
  }),
  z.strictObject({
    task: z.literal('fuse'),
    ...common,
    input: z
      .strictObject({
        /** Raw, then enhanced, both L2-normalised; then the quality vector where there is one. */
        names: z.tuple([tensorName, tensorName, tensorName.optional()]),
        /** What the quality vector holds, in order. */
        quality: z.array(z.enum(fuseQualityNames)).min(1).optional(),
        layout: z.literal('NC'),
        dimension: size,
        batch: size.optional(),
      })
      .refine(
        ({ names, quality }) => (names[2] === undefined) === (quality === undefined),
        'a third input and `quality` belong together',
      ),
    output: z.strictObject({
      decode: z.literal('fusion'),
      name: tensorName,
      /** Name of the tensor that holds the raw embedding's weight. */
      gate: tensorName,
      /** Name of the tensor that holds the weight of a keyframe in its track's template. */
      weight: tensorName.optional(),
      dimension: size,
    }),
    calibration: calibration.optional(),
    /** Enrolled faces as small faces are compared with them; without it one template serves all. */
    poorView: poorView.optional(),
  }),
  z.strictObject({
    task: z.literal('quality'),
    ...common,
    input: z.strictObject({
      /** The recogniser's output as it comes, not normalised. */
      name: tensorName,
      layout: z.literal('NC'),
      dimension: size,
      batch: size.optional(),
    }),
    output: z.strictObject({ decode: z.literal('score'), name: tensorName.optional() }),
    /** A face of a lower score is taken for none: a part of one, a turned one, or something else. */
    rejectBelow: z.number().gt(0).lt(1).optional(),
  }),
  z.strictObject({
    /** Says what covers a face, from the template crop as recognisers see it. */
    task: z.literal('occlusion'),
    ...common,
    input: planarInput
      .safeExtend({ height: z.literal(112), width: z.literal(112) })
      .refine(({ align }) => align === undefined || align === 'arcface-112', 'the template crop'),
    /** Five numbers a face, 0..1: those of `Occlusion`; 0.5 and more of a covering counts as found. */
    output: z.strictObject({ decode: z.literal('occlusion'), name: tensorName.optional() }),
  }),
  z.strictObject({
    task: z.literal('generate'),
    ...common,
    input: z.strictObject({
      identity: size,
      appearance: size,
      distribution: z.literal('normal'),
    }),
    output: z.strictObject({
      image: z.array(size).length(3),
      alpha: z.array(size).length(3),
      channels: z.literal('RGB'),
      decode: z.literal('picture'),
    }),
    seeds: z.unknown().optional(),
    latents: z.string().optional(),
  }),
]);

export const manifestSchema = z
  .strictObject({
    schema: z.literal(1),
    models: z.array(modelEntrySchema),
    enhance: z
      .strictObject({
        /** Side of the region to enhance for faces up to an inter-eye distance, pixels; rising. */
        sizes: z
          .array(z.strictObject({ maxIed: z.number().positive(), size: size.multipleOf(16) }))
          .refine(
            (sizes) => sizes.every(({ maxIed }, i) => maxIed > (sizes[i - 1]?.maxIed ?? 0)),
            'sizes rise by maxIed',
          ),
      })
      .optional(),
  })
  .superRefine((manifest, context) => {
    const seen = new Set<string>();
    for (const [i, { name }] of manifest.models.entries()) {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: ['models', i, 'name'],
          message: `${name} is listed twice`,
        });
      }
      seen.add(name);
    }
    checkDimensions(manifest.models, context);
    checkVariants(manifest.models, context);
  });

/** A variant stands where the denoiser does that it was made from: they take and give the same. */
function checkVariants(
  models: readonly z.infer<typeof modelEntrySchema>[],
  context: z.core.$RefinementCtx,
): void {
  for (const [i, model] of models.entries()) {
    if (model.task !== 'denoise' || model.variantOf === undefined) continue;
    const base = models.find(({ name }) => name === model.variantOf);
    const fault = variantFault(model, base);
    if (fault === null) continue;
    context.addIssue({ code: 'custom', path: ['models', i, 'variantOf'], message: fault });
  }
}

function variantFault(
  { input, name, output }: EntryOf<'denoise'>,
  base: ModelEntry | undefined,
): string | null {
  if (base?.task !== 'denoise' || base.variantOf !== undefined) {
    return `${name} is a variant of a denoiser that the manifest does not have`;
  }
  return isDeepStrictEqual(input, base.input) && isDeepStrictEqual(output, base.output)
    ? null
    : `${name} has another input or output than ${base.name}`;
}

/** Models that read or give embeddings of one another agree on their length. */
function checkDimensions(
  models: readonly z.infer<typeof modelEntrySchema>[],
  context: z.core.$RefinementCtx,
): void {
  const embed = models.find(({ task }) => task === 'embed');
  if (embed?.task !== 'embed') return;
  const { dimension } = embed.output;
  for (const [i, model] of models.entries()) {
    if (model.task !== 'embed-enhanced' || model.output.dimension === dimension) continue;
    context.addIssue({
      code: 'custom',
      path: ['models', i, 'output', 'dimension'],
      message: `${model.name} gives ${model.output.dimension} numbers, ${embed.name} ${dimension}`,
    });
  }
}

export type Manifest = z.infer<typeof manifestSchema>;
export type ModelEntry = z.infer<typeof modelEntrySchema>;
/** What a model is for. */
export type ModelTask = ModelEntry['task'];
export type EntryOf<T extends ModelTask> = Extract<ModelEntry, { task: T }>;
export type ModelVariant = z.infer<typeof variant>;
export type PictureInput = z.infer<typeof pictureInput>;
export type PoorViewSettings = z.infer<typeof poorView>;
export type Calibration = z.infer<typeof calibration>;
