import type { DetectedFace } from '../domain/detection.ts';
import { type Box, shareOf, shareOfSmaller } from '../domain/geometry/box.ts';
import { isAnotherShot, type SceneLook } from '../operators/shot-change.ts';
import { type Appearance, Tracker } from '../operators/tracking/tracker.ts';
import type { ClipSubject } from '../services/evidence/blur/face-blur.ts';
import type { SeenInClip } from '../services/evidence/blur/others-faces.ts';

/** What one picture of a clip shows. */
export interface ClipLook {
  /** Milliseconds from the start of the clip, never decreasing. */
  readonly time: number;
  readonly size: { readonly width: number; readonly height: number };
  /** In pixels. */
  readonly faces: readonly DetectedFace[];
  /** What each of them wears below it. */
  readonly clothes: readonly Appearance[];
  readonly scene: SceneLook | null;
}

/** How far from the moment a picture may be in which the face is looked for, milliseconds. */
const momentReach = 150;
/** How much of the smaller of two boxes lies in the other where they are of one face. */
const same = 0.5;
/** A face that was not seen for so long is nobody's any more, milliseconds. */
const maxUnseen = 600;

/**
 * Where a face is before and after a moment at which its place is known: it is followed as faces
 * before cameras are. Where it is lost nothing is said, so that it counts as anybody's.
 */
export function followFace(looks: readonly ClipLook[], subject: ClipSubject): SeenInClip {
  let tracks = 0;
  const tracker = new Tracker({
    ...{ cameraId: 'clip', startScore: 0, sureScore: 0, minHits: 1, maxUnseen, maxTracks: 256 },
    createTrackId: () => {
      tracks += 1;
      return String(tracks);
    },
  });
  const ways = new Map<string, { readonly time: number; readonly box: Box }[]>();
  let shot: SceneLook | null = null;
  for (const { time, size, faces, clothes, scene } of looks) {
    if (isAnotherShot(shot, scene)) tracker.endAll();
    shot = scene ?? shot;
    for (const { trackId, box } of tracker.update(time, time, faces, clothes).faces) {
      const way = ways.get(trackId) ?? [];
      way.push({ time, box: shareOf(box, size) });
      ways.set(trackId, way);
    }
  }
  const way = wayThrough(subject, [...ways.values()]);
  return {
    isFollowed: true,
    frames: way.map(({ time, box }) => ({ time, faces: [{ box, track: null, subject: true }] })),
  };
}

/** The one that passes the place at the moment; none where two could. */
function wayThrough<P extends { readonly time: number; readonly box: Box }>(
  { time, place }: ClipSubject,
  ways: readonly (readonly P[])[],
): readonly P[] {
  if (place === null) return [];
  const passing = ways.filter((way) => {
    const near = way.filter((each) => Math.abs(each.time - time) <= momentReach);
    const [nearest] = near.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time));
    return nearest !== undefined && shareOfSmaller(nearest.box, place) >= same;
  });
  return passing.length === 1 ? (passing[0] ?? []) : [];
}
