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

/** The alert's own face was looked at within so much of where its picture is thought to be, milliseconds. */
const reach = 500;

/**
 * The picture of an alert in its clip, milliseconds from the start. The time of its capture differs
 * from the clip's times by what the network took longer or shorter.
 * @param capturedAt of the alert's picture, wall milliseconds
 */
export function momentIn(
  { frames, pictures, startedAt }: Pick<ClipFaces, 'frames' | 'pictures' | 'startedAt'>,
  capturedAt: number,
): number {
  const exact = frames.find((frame) => frame.capturedAt === capturedAt);
  if (exact !== undefined) return exact.time;
  const about = capturedAt - startedAt;
  const distance = (time: number) => Math.abs(time - about);
  const nearest = (times: readonly number[]) =>
    times.toSorted((a, b) => distance(a) - distance(b))[0];
  // A clip of an older version.
  const looks = frames.filter(({ faces }) => faces.some(({ subject }) => subject));
  const look = nearest(looks.map(({ time }) => time));
  if (look !== undefined && distance(look) <= reach) return look;
  return nearest(pictures) ?? 0;
}
