import type { Landmarks } from '../geometry/landmarks.ts';
import type { QualityScore } from './quality.ts';

/** Head pose in degrees. */
export interface Pose {
  /** Positive: the face turns to the picture's right. */
  readonly yaw: number;
  /** Positive: the face looks up. */
  readonly pitch: number;
  /** Positive: the head leans clockwise in the picture. */
  readonly roll: number;
}

/** How far the nose tip stands before the plane of eyes and mouth, over the distance eyes to mouth. */
const noseDepth = 0.43;
/** Where the nose tip stands between eyes (0) and mouth (1) in a frontal face: the 112 template's. */
const noseHeight = 0.496;

/**
 * Estimates the pose from five landmarks: how far the nose tip has moved from
 * its frontal place between eyes and mouth tells the turn, given how far it
 * stands before the face's plane. Good to some ten degrees up to about 50;
 * beyond that it saturates. At 8 pixels between the eyes half a pixel of
 * landmark error is some seven degrees.
 */
export function estimatePose(landmarks: Landmarks): Pose {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  const eyes = { x: (leftEye.x + rightEye.x) / 2, y: (leftEye.y + rightEye.y) / 2 };
  const mouth = { x: (leftMouth.x + rightMouth.x) / 2, y: (leftMouth.y + rightMouth.y) / 2 };
  const downX = mouth.x - eyes.x;
  const downY = mouth.y - eyes.y;
  const height = Math.max(1e-6, Math.hypot(downX, downY));
  const noseX = nose.x - eyes.x;
  const noseY = nose.y - eyes.y;
  // In a frame whose second axis runs from the eyes to the mouth, in units of that distance.
  const along = (noseX * downX + noseY * downY) / (height * height);
  const across = (noseX * downY - noseY * downX) / (height * height);
  const roll = Math.atan2(rightEye.y - leftEye.y, rightEye.x - leftEye.x);
  return {
    yaw: degrees(Math.asin(clampUnit(across / noseDepth))),
    pitch: degrees(Math.atan((noseHeight - along) / noseDepth)),
    roll: degrees(roll),
  };
}

/** Score of one angle: 100 * max(0, cos)^2, OFIQ's curve for head pose. */
export function angleScore(angle: number): QualityScore {
  const cosine = Math.max(0, Math.cos((angle * Math.PI) / 180));
  return { raw: angle, score: 100 * cosine * cosine };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
