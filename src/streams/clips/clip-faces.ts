import type { ClipFace, ClipFaces, ClipFrame } from '../../domain/clip.ts';
import { shareOf } from '../../domain/geometry/box.ts';
import type { DetectionEvent } from '../../domain/live-events.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import { type ClipTimes, clipClock } from './mp4/clip-times.ts';

/** Four digits are a third of a pixel of 4K. */
const digits = 10_000;

/** What was seen in the pictures of a clip, by the picture that was looked at. */
export function clipFaces(
  pictures: readonly EncodedPicture[],
  times: ClipTimes,
  seen: readonly DetectionEvent[],
  trackId: string,
): ClipFaces {
  const shown = times.shown.map((ticks) => Math.round((ticks * 1000) / clipClock));
  const byArrival = new Map<number, number>();
  pictures.forEach(({ arrivedAt }, at) => {
    if (!byArrival.has(arrivedAt)) byArrival.set(arrivedAt, shown[at] ?? 0);
  });
  const frames = new Map<number, ClipFrame>();
  for (const { capturedAt, frameWidth: width, frameHeight: height, faces } of seen) {
    const time = byArrival.get(capturedAt);
    if (time === undefined) continue;
    const found = faces.map(({ box, trackId: track }): ClipFace => {
      const { x, y, width: wide, height: high } = shareOf(box, { width, height });
      const [left, top, across, down] = [x, y, wide, high].map(rounded);
      return {
        box: { x: left ?? 0, y: top ?? 0, width: across ?? 0, height: down ?? 0 },
        track,
        subject: track === trackId,
      };
    });
    frames.set(time, { time, capturedAt, faces: found });
  }
  return {
    version: 1,
    startedAt: times.startedAt,
    duration: Math.round((times.duration * 1000) / clipClock),
    pictures: shown.toSorted((a, b) => a - b),
    frames: [...frames.values()].sort((a, b) => a.time - b.time),
  };
}

function rounded(share: number): number {
  return Math.round(share * digits) / digits;
}
