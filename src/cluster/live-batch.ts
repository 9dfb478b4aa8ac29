import { z } from 'zod';
import { clusterBounds, latestTime } from '../domain/bounds.ts';
import { box, landmarks } from './keyframe-head.ts';

const time = z.number().min(0).max(latestTime);
const name = z.string().min(1).max(64);
const side = z.int().min(1).max(clusterBounds.frameSide);
const count = z.int().min(0);

const face = z.strictObject({
  box,
  landmarks,
  score: z.number().min(0).max(1),
  trackId: name.nullable(),
  quality: z.number().min(0).max(100).nullable(),
  verdict: z.enum(['accept', 'hold', 'reject']).nullable(),
});
const detection = z.strictObject({
  cameraId: name,
  sequence: count,
  capturedAt: time,
  frameWidth: side,
  frameHeight: side,
  faces: z.array(face).max(clusterBounds.live.faces),
});
const track = z.strictObject({
  cameraId: name,
  trackId: name,
  phase: z.enum(['started', 'ended']),
  startedAt: time,
  endedAt: time,
  hits: count,
});

/** Wire format of what a camera's pictures showed since the last one: boxes and tracks, in order. */
const liveBatch = z
  .strictObject({
    version: z.literal(1),
    cameraId: name,
    /** Wall time of the node. */
    sentAt: time,
    detections: z.array(detection).max(clusterBounds.live.detections),
    tracks: z.array(track).max(clusterBounds.live.tracks),
  })
  .refine(({ cameraId, detections, tracks }) =>
    [...detections, ...tracks].every((each) => each.cameraId === cameraId),
  );

export type LiveBatch = z.output<typeof liveBatch>;

/** The batch behind the bytes; null for what is not in the format, or beyond its bounds. */
export function readLiveBatch(bytes: Uint8Array): LiveBatch | null {
  if (bytes.length > clusterBounds.live.bytes) return null;
  try {
    const parsed = liveBatch.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
