import { clusterBounds } from '../domain/bounds.ts';
import type { Landmarks } from '../domain/geometry/landmarks.ts';
import type { FusedKeyframe, Keyframe } from '../domain/keyframe.ts';
import { doneHead, workHead } from './keyframe-head.ts';
import {
  cutParts,
  embeddingHead,
  embeddingOf,
  floats,
  framed,
  imageOf,
  pixels,
  seenHead,
  sizeOf,
  unframed,
  vectorOf,
} from './wire-parts.ts';

/** Version of both formats. */
const version = 1;

/** A face that another node is to recognise. */
export interface Work {
  readonly id: number;
  /** Hash of the models of who asks. */
  readonly models: string;
  readonly keyframe: Keyframe;
}

/** What recognising adds to a keyframe. */
export type Recognised = Pick<
  FusedKeyframe,
  | 'quality'
  | 'alignmentFailed'
  | 'enhancedImage'
  | 'enhancementFailed'
  | 'model'
  | 'raw'
  | 'enhanced'
  | 'fused'
  | 'gate'
  | 'weight'
> & {
  /** Where the second look found them, pixels of the face's picture. */
  readonly faceLandmarks: Landmarks;
};

/** What became of it. */
export type Outcome =
  | { readonly kind: 'fused'; readonly recognised: Recognised }
  | { readonly kind: 'not_a_face' }
  | { readonly kind: 'failed'; readonly code: string };

/**
 * Face and facts of a keyframe as bytes, without its frame.
 * @param now monotonic milliseconds of this process
 */
export function encodeWork({ id, keyframe, models }: Work, now: number): Uint8Array {
  const parts = [pixels(keyframe.face.image)];
  const head = {
    ...{ kind: 'work', id, models },
    ...seenHead(keyframe, now),
    parts: parts.map(({ length }) => length),
  };
  return framed(version, head, parts);
}

/** @returns null for what is not in the format or beyond its bounds */
export function decodeWork(bytes: Uint8Array, now: number): Work | null {
  return orNull(() => {
    const opened = opening(bytes);
    if (opened === null) return null;
    const {
      age,
      face,
      faceLandmarks,
      id,
      kind: _,
      models,
      parts,
      ...facts
    } = workHead.parse(opened.head);
    const [pictured] = (parts.length === 1 && cutParts(opened.body, parts)) || [];
    if (pictured === undefined) return null;
    const keyframe: Keyframe = {
      ...facts,
      capturedMonotonic: now - opened.waited - age,
      face: { image: imageOf(pictured, face), landmarks: faceLandmarks },
      scene: new Uint8Array(),
    };
    return { id, models, keyframe };
  });
}

/** What became of the work `id` as bytes. */
export function encodeDone(id: number, outcome: Outcome): Uint8Array {
  if (outcome.kind === 'failed') {
    return framed(version, { outcome: 'failed', id, code: outcome.code, parts: [] }, []);
  }
  if (outcome.kind === 'not_a_face') {
    return framed(version, { outcome: 'not_a_face', id, parts: [] }, []);
  }
  const { enhanced, enhancedImage, fused, raw, ...facts } = outcome.recognised;
  const parts = [
    floats(fused),
    floats(raw.vector),
    enhanced ? floats(enhanced.vector) : new Uint8Array(),
    enhancedImage ? pixels(enhancedImage) : new Uint8Array(),
  ];
  const head = {
    ...{ outcome: 'fused', id },
    ...facts,
    enhancedImage: enhancedImage && sizeOf(enhancedImage),
    dimension: fused.length,
    raw: embeddingHead(raw),
    enhanced: enhanced && embeddingHead(enhanced),
    parts: parts.map(({ length }) => length),
  };
  return framed(version, head, parts);
}

/** @returns null for what is not in the format or beyond its bounds */
export function decodeDone(bytes: Uint8Array): { id: number; outcome: Outcome } | null {
  return orNull(() => {
    const opened = opening(bytes);
    if (opened === null) return null;
    const head = doneHead.parse(opened.head);
    const cut = cutParts(opened.body, head.parts);
    const { id } = head;
    if (cut === null) return null;
    if (head.outcome === 'not_a_face') return { id, outcome: { kind: 'not_a_face' } };
    if (head.outcome === 'failed') return { id, outcome: { kind: 'failed', code: head.code } };
    if (cut.length !== 4) return null;
    const [fused, raw, enhanced, picture] = cut as [Buffer, Buffer, Buffer, Buffer];
    const { alignmentFailed, dimension, enhancementFailed, faceLandmarks, gate, model } = head;
    const vector = (part: Buffer) => vectorOf(part, dimension);
    const recognised: Recognised = {
      ...{ faceLandmarks, quality: head.quality, model, gate, weight: head.weight },
      ...(alignmentFailed === undefined ? {} : { alignmentFailed }),
      ...(enhancementFailed === undefined ? {} : { enhancementFailed }),
      enhancedImage: head.enhancedImage && imageOf(picture, head.enhancedImage),
      fused: vector(fused),
      raw: embeddingOf(head.raw, vector(raw)),
      enhanced: head.enhanced && embeddingOf(head.enhanced, vector(enhanced)),
    };
    return { id, outcome: { kind: 'fused', recognised } };
  });
}

function opening(bytes: Uint8Array) {
  if (bytes.length > clusterBounds.messageBytes) return null;
  return unframed(bytes, version, clusterBounds.headBytes);
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
