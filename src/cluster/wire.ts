import { clusterBounds } from '../domain/bounds.ts';
import type { RemoteEvent } from '../domain/cluster.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import { keyframeHead, noteHead } from './keyframe-head.ts';
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

/** Version of the format. A node of another is refused by name, not misread. */
export const wireVersion = 1;

/**
 * An event of a camera's analysis as bytes: version, waiting time, length of the head, the head as JSON, then the
 * vectors (float32, little-endian), the pictures of the face (RGB, deflated: nothing is lost) and
 * its surroundings (JPEG).
 * @param now monotonic milliseconds of this process
 */
export function encodeEvent(event: RemoteEvent, now: number): Uint8Array {
  if (event.kind !== 'keyframe') return framed(wireVersion, event, []);
  const { keyframe } = event;
  const { face, enhancedImage, raw, enhanced, fused, scene } = keyframe;
  const parts = [
    floats(fused),
    floats(raw.vector),
    enhanced ? floats(enhanced.vector) : new Uint8Array(),
    pixels(face.image),
    enhancedImage ? pixels(enhancedImage) : new Uint8Array(),
    scene,
  ];
  const head = {
    kind: 'keyframe',
    ...seenHead(keyframe, now),
    alignmentFailed: keyframe.alignmentFailed,
    enhancementFailed: keyframe.enhancementFailed,
    enhancedImage: enhancedImage && sizeOf(enhancedImage),
    model: keyframe.model,
    dimension: fused.length,
    raw: embeddingHead(raw),
    enhanced: enhanced && embeddingHead(enhanced),
    gate: keyframe.gate,
    weight: keyframe.weight,
    parts: parts.map(({ length }) => length),
  };
  return framed(wireVersion, head, parts);
}

/**
 * The event behind the bytes; the capture of its keyframe is put on the monotonic clock of this
 * process by its age.
 * @returns null for what is not in the format or beyond its bounds
 */
export function decodeEvent(bytes: Uint8Array, now: number): RemoteEvent | null {
  try {
    return decoded(bytes, now);
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array, now: number): RemoteEvent | null {
  if (bytes.length > clusterBounds.messageBytes) return null;
  const opened = unframed(bytes, wireVersion, clusterBounds.headBytes);
  if (opened === null) return null;
  const { body, waited } = opened;
  const note = noteHead.safeParse(opened.head);
  if (note.success) return body.length === 0 ? note.data : null;
  const { parts, ...head } = keyframeHead.parse(opened.head);
  const cut = parts.length === 6 ? cutParts(body, parts) : null;
  if (cut === null) return null;
  const [fused, raw, enhanced, face, enhancedImage, scene] = cut as [
    ...[Buffer, Buffer, Buffer, Buffer, Buffer, Buffer],
  ];
  if (scene.length > clusterBounds.sceneBytes) return null;
  const {
    kind: _,
    age,
    dimension,
    faceLandmarks,
    alignmentFailed,
    enhancementFailed,
    ...rest
  } = head;
  const vector = (part: Buffer) => vectorOf(part, dimension);
  const keyframe: FusedKeyframe = {
    ...rest,
    ...(alignmentFailed === undefined ? {} : { alignmentFailed }),
    ...(enhancementFailed === undefined ? {} : { enhancementFailed }),
    capturedMonotonic: now - waited - age,
    fused: vector(fused),
    raw: embeddingOf(head.raw, vector(raw)),
    enhanced: head.enhanced && embeddingOf(head.enhanced, vector(enhanced)),
    face: { image: imageOf(face, head.face), landmarks: faceLandmarks },
    enhancedImage: head.enhancedImage && imageOf(enhancedImage, head.enhancedImage),
    scene: Uint8Array.from(scene),
  };
  return { kind: 'keyframe', keyframe };
}
