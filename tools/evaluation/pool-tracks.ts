import type { FusedKeyframe } from '../../src/domain/keyframe.ts';
import { TemplatePool } from '../../src/operators/template-pool.ts';
import type { AcquiredFace } from './acquire-faces.ts';
import type { ProbeEntry } from './protocol.ts';
import type { Templates } from './search-gallery.ts';

/** The branches of the live path. */
export const branches = ['raw', 'enhanced', 'fused'] as const;
export type Branch = (typeof branches)[number];

/** The embedding of a branch; a face that needed no enhancement has its raw one in both. */
export function vectorOf(face: AcquiredFace, branch: Branch): Float32Array {
  if (branch === 'fused') return face.fused;
  return branch === 'enhanced' ? (face.enhanced ?? face.raw).vector : face.raw.vector;
}

/** A branch's embeddings in order. */
export function templatesOf(faces: readonly (AcquiredFace | null)[], branch: Branch): Templates {
  return faces.map((face) => (face === null ? null : vectorOf(face, branch)));
}

/** A track's pictures as one probe; null where none of them was acquired. */
export interface PooledTrack {
  readonly identity: string;
  /** As the live path pools: by learned weights, else by quality and recognisability. */
  readonly weighted: Readonly<Record<Branch, Float32Array>> | null;
  /** Pixels between the eyes, as the live path weights them; null where none was acquired. */
  readonly interEyeDistance: number | null;
  /** Plain means, brought to length 1. */
  readonly plain: Readonly<Record<Branch, Float32Array>> | null;
}

/** Pools each track of one level. */
export function poolTracks(
  probes: readonly ProbeEntry[],
  faces: readonly (AcquiredFace | null)[],
): PooledTrack[] {
  const byTrack = new Map<string, { identity: string; faces: AcquiredFace[] }>();
  for (const [i, { track, identity }] of probes.entries()) {
    if (track === undefined) continue;
    const entry = byTrack.get(track) ?? { identity, faces: [] };
    byTrack.set(track, entry);
    const face = faces[i];
    if (face) entry.faces.push(face);
  }
  return [...byTrack.entries()].map(([track, { identity, faces: seen }]) => {
    if (seen.length === 0) return { identity, weighted: null, interEyeDistance: null, plain: null };
    const { interEyeDistance, ...weighted } = poolWeighted(track, seen);
    return {
      identity,
      weighted,
      interEyeDistance,
      plain: eachBranch((branch) => mean(seen, branch)),
    };
  });
}

function poolWeighted(track: string, faces: readonly AcquiredFace[]) {
  const keyframes = faces.map((face, i) => keyframeOf(track, face, i));
  const pool = new TemplatePool(keyframes[0] as FusedKeyframe);
  let template = pool.add(keyframes[0] as FusedKeyframe);
  for (const keyframe of keyframes.slice(1)) template = pool.add(keyframe);
  const { raw, enhanced, fused, interEyeDistance } = template;
  return { raw, enhanced: enhanced ?? raw, fused, interEyeDistance };
}

/** The keyframe that the live path would pool; what pooling does not read stays blank. */
function keyframeOf(trackId: string, face: AcquiredFace, ordinal: number): FusedKeyframe {
  const blank = { width: 0, height: 0, data: new Uint8Array() };
  const origin = { x: 0, y: 0 };
  const landmarks = [origin, origin, origin, origin, origin] as const;
  return {
    cameraId: 'evaluation',
    trackId,
    ordinal,
    sequence: ordinal,
    mediaTime: 0,
    capturedAt: 0,
    capturedMonotonic: 0,
    frameWidth: 0,
    frameHeight: 0,
    box: { ...origin, width: 0, height: 0 },
    landmarks,
    interEyeDistance: face.interEyeDistance,
    detectionScore: 1,
    quality: face.quality,
    face: { image: blank, landmarks },
    scene: new Uint8Array(),
    enhancedImage: null,
    model: 'evaluation',
    raw: face.raw,
    enhanced: face.enhanced,
    fused: face.fused,
    gate: face.gate,
    weight: face.weight,
  };
}

function mean(faces: readonly AcquiredFace[], branch: Branch): Float32Array {
  const sum = new Float64Array(faces[0]?.fused.length ?? 0);
  for (const face of faces) {
    for (const [i, value] of vectorOf(face, branch).entries()) sum[i] = (sum[i] as number) + value;
  }
  const norm = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (norm > 0 ? value / norm : 0));
}

function eachBranch<T>(make: (branch: Branch) => T): Record<Branch, T> {
  return { raw: make('raw'), enhanced: make('enhanced'), fused: make('fused') };
}
