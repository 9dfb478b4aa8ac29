import type { DetectedFace } from './detection.ts';
import { type Box, intersectionOverUnion, shareOfSmaller } from './geometry/box.ts';

/** What was found in a part of a picture, in the picture's pixels. */
export interface PartFinds {
  readonly part: Box;
  readonly faces: readonly DetectedFace[];
}

/** Overlap from which two finds are one face; share of the smaller that lies in the larger. */
const leastOverlap = 0.3;
const mostInside = 0.5;
/** A find so near to where a part was cut, in shares of its side, may be cut as well. */
const rim = 0.02;

/**
 * One list of what a look at a whole picture and closer looks at parts of it found, each face
 * once. A face that is small in the whole picture is taken as the closer look has it.
 * @param clearFrom side of a face, the picture's pixels, from which the look at the whole is as good
 */
export function mergeFinds(
  picture: { readonly width: number; readonly height: number },
  whole: readonly DetectedFace[],
  parts: readonly PartFinds[],
  clearFrom: number,
): DetectedFace[] {
  if (parts.length === 0) return [...whole];
  const isClear = ({ box }: DetectedFace) => Math.sqrt(box.width * box.height) >= clearFrom;
  const closer = parts
    .flatMap(({ part, faces }) => faces.filter(({ box }) => !isCut(box, part, picture)))
    .sort((a, b) => b.score - a.score);
  const merged: DetectedFace[] = [];
  for (const face of [
    ...whole.filter(isClear),
    ...closer,
    ...whole.filter((each) => !isClear(each)),
  ]) {
    const at = merged.findIndex((other) => areOne(face.box, other.box));
    const kept = merged[at];
    if (kept === undefined) merged.push(face);
    else if (face.score > kept.score) merged[at] = { ...kept, score: face.score };
  }
  return merged;
}

function areOne(a: Box, b: Box): boolean {
  return intersectionOverUnion(a, b) > leastOverlap || shareOfSmaller(a, b) > mostInside;
}

/** Whether a find reaches to where its part was cut out of the picture. */
function isCut(box: Box, part: Box, picture: { width: number; height: number }): boolean {
  const [x, y] = [rim * part.width, rim * part.height];
  return (
    (part.x > 0 && box.x < part.x + x) ||
    (part.y > 0 && box.y < part.y + y) ||
    (part.x + part.width < picture.width && box.x + box.width > part.x + part.width - x) ||
    (part.y + part.height < picture.height && box.y + box.height > part.y + part.height - y)
  );
}
