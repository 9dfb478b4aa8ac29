import type { DetectedFace } from '../../src/domain/detection.ts';
import type { Landmarks } from '../../src/domain/geometry/landmarks.ts';
import { alignedTemplate112, mapLandmarks } from '../../src/domain/geometry/landmarks.ts';
import type { GradedFace } from '../../src/domain/graded-face.ts';
import type { FusedKeyframe } from '../../src/domain/keyframe.ts';
import type { ListMatch } from '../../src/domain/match.ts';
import type { Quality, QualityVerdict } from '../../src/domain/quality/quality.ts';
import type { EndedTrack } from '../../src/domain/track.ts';
import type { TrackTemplate } from '../../src/domain/track-template.ts';
import { checkerboard } from './marbles-picture.ts';

/** A frontal face of the given width between the eyes about a centre. */
export function frontalLandmarks(centre: { x: number; y: number }, eyes: number): Landmarks {
  const scale = eyes / 35.24;
  return mapLandmarks(alignedTemplate112, ({ x, y }) => ({
    x: centre.x + (x - 56) * scale,
    y: centre.y + (y - 72) * scale,
  }));
}

/** A detected frontal face; its box is 2.4 by 3 widths between the eyes. */
export function detectedFace(
  centre: { x: number; y: number },
  eyes = 10,
  score = 0.9,
): DetectedFace {
  return {
    box: {
      x: centre.x - 1.2 * eyes,
      y: centre.y - 1.5 * eyes,
      width: 2.4 * eyes,
      height: 3 * eyes,
    },
    landmarks: frontalLandmarks(centre, eyes),
    score,
  };
}

export function qualityOf(score: number, verdict: QualityVerdict = 'accept', yaw = 0): Quality {
  return {
    components: { yaw: { raw: yaw, score: 100 } },
    score,
    verdict,
    reasons: verdict === 'accept' ? [] : ['sharpness'],
  };
}

export function gradedFace(trackId: string, quality: Quality): GradedFace {
  const centre = { x: 20, y: 20 };
  return {
    ...detectedFace(centre),
    trackId,
    hits: 1,
    quality,
    face:
      quality.verdict === 'reject'
        ? null
        : { image: checkerboard(32, 32), landmarks: frontalLandmarks({ x: 16, y: 16 }, 10) },
  };
}

export function endedTrack(trackId: string): EndedTrack {
  return { cameraId: 'cam', trackId, startedAt: 0, endedAt: 1, hits: 3 };
}

/** A keyframe that has gone through every stage up to `fuse`; two-dimensional embeddings. */
export function fusedKeyframe(
  trackId: string,
  ordinal = 0,
  changes: Partial<FusedKeyframe> = {},
): FusedKeyframe {
  const face = gradedFace(trackId, qualityOf(50));
  return {
    cameraId: 'cam',
    trackId,
    ordinal,
    sequence: ordinal,
    mediaTime: 100 * ordinal,
    capturedAt: 1_000 + 100 * ordinal,
    capturedMonotonic: 100 * ordinal,
    frameWidth: 64,
    frameHeight: 48,
    box: face.box,
    landmarks: face.landmarks,
    interEyeDistance: 10,
    detectionScore: 0.9,
    quality: qualityOf(50),
    face: { image: checkerboard(32, 32), landmarks: frontalLandmarks({ x: 16, y: 16 }, 10) },
    scene: Uint8Array.of(ordinal),
    enhancedImage: null,
    model: 'test',
    raw: { vector: Float32Array.of(1, 0), recognisability: 0.5 },
    enhanced: null,
    fused: Float32Array.of(1, 0),
    gate: 1,
    weight: null,
    ...changes,
  };
}

export function trackTemplate(
  trackId: string,
  changes: Partial<TrackTemplate> = {},
): TrackTemplate {
  const keyframe = fusedKeyframe(trackId);
  return {
    cameraId: 'cam',
    trackId,
    model: 'test',
    fused: keyframe.fused,
    raw: keyframe.raw.vector,
    enhanced: null,
    keyframes: 1,
    interEyeDistance: keyframe.interEyeDistance,
    meanGate: 1,
    best: keyframe,
    bestFaces: [{ ordinal: keyframe.ordinal, quality: 50, image: keyframe.face.image }],
    latest: keyframe,
    ...changes,
  };
}

export function listMatch(fused = 0.7, changes: Partial<ListMatch> = {}): ListMatch {
  return {
    watchlistId: 'list',
    watchlistName: 'List',
    personId: 'person',
    personName: 'Person',
    templateId: 'template',
    scores: { raw: fused, enhanced: null, fused },
    threshold: 0.5,
    fpir: 0.01,
    gallerySize: 10,
    matched: fused >= 0.5,
    ...changes,
  };
}
