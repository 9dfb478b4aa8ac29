import { z } from 'zod';
import { clusterBounds, latestTime } from '../domain/bounds.ts';
import type { QualityComponent } from '../domain/quality/quality.ts';

const number = z.number();
const time = z.number().min(0).max(latestTime);
const name = z.string().min(1).max(64);
const point = z.strictObject({ x: number, y: number });
/** Five points, pixels of the frame. */
export const landmarks = z.tuple([point, point, point, point, point]);
/** Pixels of the frame. */
export const box = z.strictObject({
  x: number,
  y: number,
  width: number.min(0),
  height: number.min(0),
});
const side = z.int().min(1);
const score = z.strictObject({ raw: number, score: number.min(0).max(100) });
const components = [
  'sharpness',
  'entropy',
  'interEyeDistance',
  'yaw',
  'pitch',
  'roll',
  'underExposure',
  'overExposure',
  'dynamicRange',
  'compression',
  'coverage',
  'recognisability',
  'eyesVisible',
  'lowerFaceVisible',
  'noMask',
  'noDarkGlasses',
  'noHeadwear',
] as const satisfies readonly QualityComponent[];
const quality = z.strictObject({
  components: z.partialRecord(z.enum(components), score),
  score: number.min(0).max(100),
  verdict: z.enum(['accept', 'hold', 'reject']),
  reasons: z.array(z.enum([...components, 'not_a_face'])).max(32),
});
const image = z.strictObject({
  width: side.max(clusterBounds.faceSide),
  height: side.max(clusterBounds.faceSide),
});
const embedding = z.strictObject({
  recognisability: number.min(0).max(1),
  crop: z
    .strictObject({ lumaMean: number, lumaDeviation: number, gradientEnergy: number })
    .optional(),
});

/** Wire format of a face: what is no picture and no vector of it. */
export const keyframeHead = z.strictObject({
  kind: z.literal('keyframe'),
  cameraId: name,
  trackId: name,
  ordinal: z.int().min(0).max(1_000_000),
  sequence: z.int().min(0),
  mediaTime: number,
  capturedAt: time,
  /** Milliseconds from its capture until it was handed over. */
  age: number.min(0).max(clusterBounds.streamAge[1]),
  frameWidth: side.max(clusterBounds.frameSide),
  frameHeight: side.max(clusterBounds.frameSide),
  box,
  landmarks,
  interEyeDistance: number.min(0).max(clusterBounds.frameSide),
  detectionScore: number.min(0).max(1),
  quality,
  face: image,
  faceLandmarks: landmarks,
  alignmentFailed: z.boolean().optional(),
  enhancementFailed: z.boolean().optional(),
  enhancedImage: image.nullable(),
  model: z.string().min(1).max(200),
  dimension: z.int().min(clusterBounds.dimension[0]).max(clusterBounds.dimension[1]),
  raw: embedding,
  enhanced: embedding.nullable(),
  gate: number.min(0).max(1),
  weight: number.min(0).max(1e6).nullable(),
  /** Bytes of each part behind the head, in their order. */
  parts: z.array(z.int().min(0).max(clusterBounds.messageBytes)).max(8),
});

/** Wire format of a note on a track. */
export const noteHead = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('seen'),
    seen: z.strictObject({ cameraId: name, trackId: name, at: time, place: box }),
  }),
  z.strictObject({
    kind: z.literal('ended'),
    track: z.strictObject({
      cameraId: name,
      trackId: name,
      startedAt: time,
      endedAt: time,
      hits: z.int().min(0),
    }),
  }),
]);

const { cameraId, trackId, ordinal, sequence, mediaTime, capturedAt, age } = keyframeHead.shape;
const { frameWidth, frameHeight, interEyeDistance, detectionScore, face } = keyframeHead.shape;
const { alignmentFailed, enhancementFailed, enhancedImage, model, dimension } = keyframeHead.shape;
const { raw, enhanced, gate, weight, parts } = keyframeHead.shape;
const id = z.int().min(1);

/** Wire format of a face that another node is to recognise. */
export const workHead = z.strictObject({
  kind: z.literal('work'),
  id,
  /** Hash of the models of who asks: embeddings of others would not compare. */
  models: z.string().min(1).max(128),
  ...{ cameraId, trackId, ordinal, sequence, mediaTime, capturedAt, age, frameWidth, frameHeight },
  ...{ box, landmarks, interEyeDistance, detectionScore, quality, face, faceLandmarks: landmarks },
  parts,
});

/** Wire format of what became of it. */
export const doneHead = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('fused'),
    id,
    ...{ faceLandmarks: landmarks, quality, alignmentFailed, enhancementFailed, enhancedImage },
    ...{ model, dimension, raw, enhanced, gate, weight, parts },
  }),
  z.strictObject({ outcome: z.literal('not_a_face'), id, parts }),
  z.strictObject({ outcome: z.literal('failed'), id, code: z.string().max(64), parts }),
]);
