import type { CameraScene, FaceSize, LeftOutReason, Zone } from '../domain/camera-scene.ts';
import type { DetectedFace } from '../domain/detection.ts';
import { interEyeDistance, type Point } from '../domain/geometry/landmarks.ts';
import { isInPolygon } from '../domain/geometry/polygon.ts';

/** From the middle of a face to the feet, in heights of the box of a face: a grown-up's 7.5 heads. */
const headsToFeet = 7;
/** What moves so near to a zone, in shares of the picture, may belong to a face in it. */
const reach = 0.03;

/** Which faces of a camera count; says for each other why it does not. */
export function faceFilter(
  { zones, faceSize }: Pick<CameraScene, 'zones' | 'faceSize'>,
  onLeftOut: (reason: LeftOutReason) => void,
): (face: DetectedFace, picture: { readonly width: number; readonly height: number }) => boolean {
  return (face, picture) => {
    const reason = sizeReason(face, faceSize) ?? zoneReason(face, picture, zones);
    if (reason !== null) onLeftOut(reason);
    return reason === null;
  };
}

/** Where motion counts, in shares of the picture; null: everywhere. */
export function watchedPlaces(zones: readonly Zone[]): ((x: number, y: number) => boolean) | null {
  // Of somebody whose feet are in a zone anything above it may move first.
  if (zones.length === 0 || zones.some(({ by }) => by === 'foot')) return null;
  const around = [-reach, 0, reach];
  return (x, y) =>
    zones.some(({ points }) =>
      around.some((dx) => around.some((dy) => isInPolygon({ x: x + dx, y: y + dy }, points))),
    );
}

function sizeReason(face: DetectedFace, limits: FaceSize | null): LeftOutReason | null {
  if (limits === null) return null;
  const size =
    limits.by === 'eyes'
      ? interEyeDistance(face.landmarks)
      : Math.sqrt(face.box.width * face.box.height);
  if (size < limits.smallest) return 'too_small';
  return limits.largest !== null && size > limits.largest ? 'too_large' : null;
}

function zoneReason(
  { box }: DetectedFace,
  { width, height }: { readonly width: number; readonly height: number },
  zones: readonly Zone[],
): LeftOutReason | null {
  if (zones.length === 0) return null;
  const x = (box.x + box.width / 2) / width;
  const middle = (box.y + box.height / 2) / height;
  // Feet below the picture count as at its lower border.
  const foot = Math.min(1, middle + (headsToFeet * box.height) / height);
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const placeOf = (zone: Zone): Point => ({
    x: clamp(x),
    y: zone.by === 'foot' ? clamp(foot) : clamp(middle),
  });
  return zones.some((zone) => isInPolygon(placeOf(zone), zone.points)) ? null : 'zone';
}
