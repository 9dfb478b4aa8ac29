import type { ClipFaces, ClipFrame } from '../../../domain/clip.ts';
import { type Box, expandBox, shareOfSmaller } from '../../../domain/geometry/box.ts';

/** What is hidden about a face, in its size: hair, ears, chin, and what it moves meanwhile. */
const room = 1.7;
/** What is kept about the face of the alert. */
const keptRoom = 1.1;
/** Faces that share so much of the smaller one are one face. */
const same = 0.5;
/** How long before and after it was seen a face is hidden, milliseconds. */
const before = 350;
const after = 600;
/** How far in time the alert's own face may be from where it was recorded, milliseconds. */
const subjectReach = 500;

/** What is to be hidden in a picture, and what is not; in shares of its size. */
export interface HiddenParts {
  readonly hidden: readonly Box[];
  readonly kept: readonly Box[];
}

/** All faces of a picture but the one that the alert is about. */
export function othersInPicture(faces: readonly Box[], subject: Box | null): HiddenParts {
  const others = faces.filter((face) => subject === null || !isSame(face, subject));
  return {
    hidden: others.map((face) => expandBox(face, room)),
    kept: subject === null ? [] : [expandBox(subject, keptRoom)],
  };
}

/**
 * The same for each picture of a clip, by what was recorded as the camera was analysed and by what a
 * second look found; a face is hidden for a while before and after it was seen.
 * @param looks what the second look found, with times in milliseconds from the start
 */
export function othersInClip(
  { frames }: Pick<ClipFaces, 'frames'>,
  looks: readonly { readonly time: number; readonly faces: readonly Box[] }[],
): (time: number) => HiddenParts {
  const subjects = frames.flatMap(({ time, faces }) =>
    faces.filter(({ subject }) => subject).map(({ box }) => ({ time, box })),
  );
  const others = [
    ...frames.map((frame) => ({ time: frame.time, faces: othersOf(frame) })),
    ...looks.map(({ time, faces }) => {
      const near = subjects.filter((one) => Math.abs(one.time - time) <= subjectReach);
      return { time, faces: faces.filter((face) => !near.some(({ box }) => isSame(face, box))) };
    }),
  ];
  return (time) => {
    const subject = nearest(subjects, time);
    return {
      hidden: others
        .filter((look) => look.time >= time - after && look.time <= time + before)
        .flatMap(({ faces }) => faces.map((face) => expandBox(face, room))),
      kept: subject === undefined ? [] : [expandBox(subject.box, keptRoom)],
    };
  };
}

const othersOf = ({ faces }: ClipFrame): Box[] =>
  faces.filter(({ subject }) => !subject).map(({ box }) => box);

const isSame = (a: Box, b: Box): boolean => shareOfSmaller(a, b) >= same;

function nearest<T extends { readonly time: number }>(all: readonly T[], time: number) {
  const near = all.filter((one) => Math.abs(one.time - time) <= subjectReach);
  return near.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0];
}
