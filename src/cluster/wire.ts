import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { clusterBounds } from '../domain/bounds.ts';
import type { RemoteEvent } from '../domain/cluster.ts';
import type { RgbImage } from '../domain/image/image.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import { keyframeHead, noteHead } from './keyframe-head.ts';

/** Version of the format. A node of another is refused by name, not misread. */
export const wireVersion = 1;

/** Version, milliseconds that it waited in the node, length of the head. */
const startBytes = 9;

/** Notes how long an encoded event has waited to be sent, milliseconds. */
export function noteWaited(bytes: Uint8Array, ms: number): void {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  data.writeUInt32LE(Math.min(Math.max(0, Math.round(ms)), 2 ** 32 - 1), 1);
}

/**
 * An event of a camera's analysis as bytes: version, waiting time, length of the head, the head as JSON, then the
 * vectors (float32, little-endian), the pictures of the face (RGB, deflated: nothing is lost) and
 * its surroundings (JPEG).
 * @param now monotonic milliseconds of this process
 */
export function encodeEvent(event: RemoteEvent, now: number): Uint8Array {
  if (event.kind !== 'keyframe') return framed(event, []);
  const { keyframe } = event;
  const { face, enhancedImage, raw, enhanced, fused, scene, capturedMonotonic } = keyframe;
  const parts = [
    floats(fused),
    floats(raw.vector),
    enhanced ? floats(enhanced.vector) : new Uint8Array(),
    deflateRawSync(face.image.data, { level: 1 }),
    enhancedImage ? deflateRawSync(enhancedImage.data, { level: 1 }) : new Uint8Array(),
    scene,
  ];
  const head = {
    kind: 'keyframe',
    cameraId: keyframe.cameraId,
    trackId: keyframe.trackId,
    ordinal: keyframe.ordinal,
    sequence: keyframe.sequence,
    mediaTime: keyframe.mediaTime,
    capturedAt: keyframe.capturedAt,
    age: Math.max(0, now - capturedMonotonic),
    frameWidth: keyframe.frameWidth,
    frameHeight: keyframe.frameHeight,
    box: keyframe.box,
    landmarks: keyframe.landmarks,
    interEyeDistance: keyframe.interEyeDistance,
    detectionScore: keyframe.detectionScore,
    quality: keyframe.quality,
    face: sizeOf(face.image),
    faceLandmarks: face.landmarks,
    alignmentFailed: keyframe.alignmentFailed,
    enhancementFailed: keyframe.enhancementFailed,
    enhancedImage: enhancedImage && sizeOf(enhancedImage),
    model: keyframe.model,
    dimension: fused.length,
    raw: { recognisability: raw.recognisability, crop: raw.crop },
    enhanced: enhanced && { recognisability: enhanced.recognisability, crop: enhanced.crop },
    gate: keyframe.gate,
    weight: keyframe.weight,
    parts: parts.map(({ length }) => length),
  };
  return framed(head, parts);
}

/**
 * The event behind the bytes; the capture of its keyframe is put on the monotonic clock of this
 * process by its age.
 * @returns null for what is not in the format or beyond its bounds
 */
export function decodeEvent(bytes: Uint8Array, now: number): RemoteEvent | null {
  try {
    return decoded(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), now);
  } catch {
    return null;
  }
}

function decoded(data: Buffer, now: number): RemoteEvent | null {
  if (data.length < startBytes || data.length > clusterBounds.messageBytes) return null;
  const waited = data.readUInt32LE(1);
  const length = data.readUInt32LE(5);
  const end = startBytes + length;
  if (data[0] !== wireVersion || length > clusterBounds.headBytes || end > data.length) return null;
  const json: unknown = JSON.parse(data.toString('utf8', startBytes, end));
  const body = data.subarray(end);
  const note = noteHead.safeParse(json);
  if (note.success) return body.length === 0 ? note.data : null;
  const { parts, ...head } = keyframeHead.parse(json);
  if (parts.length !== 6 || parts.reduce((sum, part) => sum + part, 0) !== body.length) return null;
  let at = 0;
  const [fused, raw, enhanced, face, enhancedImage, scene] = parts.map((size) => {
    at += size;
    return body.subarray(at - size, at);
  }) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
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

function embeddingOf(
  { recognisability, crop }: { recognisability: number; crop?: FusedKeyframe['raw']['crop'] },
  vector: Float32Array,
): FusedKeyframe['raw'] {
  return { vector, recognisability, ...(crop === undefined ? {} : { crop }) };
}

function framed(head: object, parts: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(head), 'utf8');
  const start = Buffer.alloc(startBytes);
  start[0] = wireVersion;
  start.writeUInt32LE(json.length, 5);
  return Buffer.concat([start, json, ...parts]);
}

function sizeOf({ width, height }: RgbImage) {
  return { width, height };
}

function floats(vector: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

/** @throws RangeError where it has another length, or a value that is no number */
function vectorOf(bytes: Buffer, dimension: number): Float32Array {
  if (bytes.length !== dimension * 4) throw new RangeError('Cannot read a vector: wrong length');
  return Float32Array.from({ length: dimension }, (_, at) => {
    const value = bytes.readFloatLE(at * 4);
    if (!Number.isFinite(value)) throw new RangeError('Cannot read a vector: not a number');
    return value;
  });
}

/** @throws Error where it is not that many pixels */
function imageOf(
  deflated: Uint8Array,
  { width, height }: { width: number; height: number },
): RgbImage {
  const size = width * height * 3;
  const data = inflateRawSync(deflated, { maxOutputLength: size });
  if (data.length !== size) throw new RangeError('Cannot read a picture: wrong length');
  return { width, height, data: new Uint8Array(data) };
}
