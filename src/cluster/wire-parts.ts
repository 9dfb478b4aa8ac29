import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Embedding } from '../domain/face-models.ts';
import type { RgbImage } from '../domain/image/image.ts';
import type { Keyframe } from '../domain/keyframe.ts';

/** Version, milliseconds that it waited in the node, length of the head. */
const startBytes = 9;

/** Notes how long an encoded message has waited to be sent, milliseconds. */
export function noteWaited(bytes: Uint8Array, ms: number): void {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  data.writeUInt32LE(Math.min(Math.max(0, Math.round(ms)), 2 ** 32 - 1), 1);
}

/** A message: version, waiting time, length of the head, the head as JSON, and the parts one after the other. */
export function framed(version: number, head: object, parts: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(head), 'utf8');
  const start = Buffer.alloc(startBytes);
  start[0] = version;
  start.writeUInt32LE(json.length, 5);
  return Buffer.concat([start, json, ...parts]);
}

export interface Unframed {
  /** Milliseconds. */
  readonly waited: number;
  readonly head: unknown;
  readonly body: Buffer;
}

/** @returns null for what {@link framed} did not make, of another version or beyond `headBytes` */
export function unframed(bytes: Uint8Array, version: number, headBytes: number): Unframed | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length < startBytes) return null;
  const waited = data.readUInt32LE(1);
  const length = data.readUInt32LE(5);
  const end = startBytes + length;
  if (data[0] !== version || length > headBytes || end > data.length) return null;
  const head: unknown = JSON.parse(data.toString('utf8', startBytes, end));
  return { waited, head, body: data.subarray(end) };
}

/** @returns null where the sizes are not those of `body` */
export function cutParts(body: Buffer, sizes: readonly number[]): Buffer[] | null {
  if (sizes.reduce((sum, size) => sum + size, 0) !== body.length) return null;
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return body.subarray(at - size, at);
  });
}

/** float32, little-endian */
export function floats(vector: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

/** @throws RangeError where it has another length, or a value that is no number */
export function vectorOf(bytes: Buffer, dimension: number): Float32Array {
  if (bytes.length !== dimension * 4) throw new RangeError('Cannot read a vector: wrong length');
  return Float32Array.from({ length: dimension }, (_, at) => {
    const value = bytes.readFloatLE(at * 4);
    if (!Number.isFinite(value)) throw new RangeError('Cannot read a vector: not a number');
    return value;
  });
}

export function sizeOf({ width, height }: RgbImage) {
  return { width, height };
}

/** Pixels, deflated: nothing is lost. */
export function pixels({ data }: RgbImage): Uint8Array {
  return deflateRawSync(data, { level: 1 });
}

/** @throws Error where it is not that many pixels */
export function imageOf(
  deflated: Uint8Array,
  { width, height }: { width: number; height: number },
): RgbImage {
  const size = width * height * 3;
  const data = inflateRawSync(deflated, { maxOutputLength: size });
  if (data.length !== size) throw new RangeError('Cannot read a picture: wrong length');
  return { width, height, data: new Uint8Array(data) };
}

/** What crosses of an embedding beside its vector. */
export function embeddingHead({ recognisability, crop }: Embedding) {
  return { recognisability, crop };
}

export function embeddingOf(
  { recognisability, crop }: { recognisability: number; crop?: Embedding['crop'] },
  vector: Float32Array,
): Embedding {
  return { vector, recognisability, ...(crop === undefined ? {} : { crop }) };
}

/** What crosses of a keyframe before it is recognised, beside its pictures. @param now monotonic milliseconds */
export function seenHead(keyframe: Keyframe, now: number) {
  return {
    cameraId: keyframe.cameraId,
    trackId: keyframe.trackId,
    ordinal: keyframe.ordinal,
    sequence: keyframe.sequence,
    mediaTime: keyframe.mediaTime,
    capturedAt: keyframe.capturedAt,
    age: Math.max(0, now - keyframe.capturedMonotonic),
    frameWidth: keyframe.frameWidth,
    frameHeight: keyframe.frameHeight,
    box: keyframe.box,
    landmarks: keyframe.landmarks,
    interEyeDistance: keyframe.interEyeDistance,
    detectionScore: keyframe.detectionScore,
    quality: keyframe.quality,
    face: sizeOf(keyframe.face.image),
    faceLandmarks: keyframe.face.landmarks,
  };
}
