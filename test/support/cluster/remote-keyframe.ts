import type { FusedKeyframe } from '../../../src/domain/keyframe.ts';

/** A recognised face, as a node sends it. */
export function remoteKeyframe(changes: Partial<FusedKeyframe> = {}): FusedKeyframe {
  const point = (x: number, y: number) => ({ x, y });
  const vector = Float32Array.from({ length: 64 }, (_, at) => (at % 7) / 10);
  const pixels = (size: number) =>
    Uint8Array.from({ length: size * size * 3 }, (_, at) => at % 251);
  return {
    cameraId: 'door',
    trackId: 't-1',
    ordinal: 0,
    sequence: 9,
    mediaTime: 1.5,
    capturedAt: 1_700_000_000_000,
    capturedMonotonic: 900,
    frameWidth: 640,
    frameHeight: 480,
    box: { x: 10, y: 20, width: 40, height: 50 },
    landmarks: [point(1, 2), point(3, 4), point(5, 6), point(7, 8), point(9, 10)],
    interEyeDistance: 17,
    detectionScore: 0.9,
    quality: {
      components: { sharpness: { raw: 3, score: 70 } },
      score: 66,
      verdict: 'accept',
      reasons: [],
    },
    face: {
      image: { width: 32, height: 32, data: pixels(32) },
      landmarks: [point(1, 2), point(3, 4), point(5, 6), point(7, 8), point(9, 10)],
    },
    scene: Uint8Array.of(255, 216, 1, 2, 255, 217),
    enhancedImage: { width: 16, height: 16, data: pixels(16) },
    model: 'embed@1:abc',
    raw: { vector, recognisability: 0.7 },
    enhanced: { vector, recognisability: 0.8 },
    fused: vector,
    gate: 0.4,
    weight: null,
    ...changes,
  };
}
