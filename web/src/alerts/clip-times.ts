import type { ClipFaces } from '../../../src/client/nightglass-client.ts';

/** Boxes of an analysed picture stand for so long after it, milliseconds: two of them at five a second. */
const stands = 400;

/** Which picture is shown at a time: the last that has begun. @param pictures milliseconds, rising */
export function pictureAt(pictures: readonly number[], time: number): number {
  return Math.max(
    0,
    pictures.findLastIndex((at) => at <= time + 1),
  );
}

/** What the analysis last saw at a time; nothing where that is long ago. */
export function boxesAt(
  { frames }: Pick<ClipFaces, 'frames'>,
  time: number,
): ClipFaces['frames'][number]['faces'] {
  const frame = frames.findLast((each) => each.time <= time + 1);
  return frame === undefined || time - frame.time > stands ? [] : frame.faces;
}
