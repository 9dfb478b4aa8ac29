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
/** How far in time the own face may be from where it was seen, milliseconds. */
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

/** Where the face is that a clip is about, and what else was recorded of who is in it. */
export interface SeenInClip extends Pick<ClipFaces, 'frames'> {
  /**
   * True where it was followed from look to look: outside of the first and the last of them it was
   * lost, and whoever is in its place, say after a change of shot, is somebody else.
   */
  readonly isFollowed?: boolean;
}

/**
 * The same for each picture of a clip, by what was recorded as the camera was analysed and by what a
 * second look found; a face is hidden for a while before and after it was seen.
 * @param looks what the second look found, with times in milliseconds from the start
 */
export function othersInClip(
  { frames, isFollowed = false }: SeenInClip,
  looks: readonly { readonly time: number; readonly faces: readonly Box[] }[],
): (time: number) => HiddenParts {
  const subjects = frames.flatMap(({ time, faces }) =>
    faces.filter(({ subject }) => subject).map(({ box }) => ({ time, box })),
  );
  // What was followed is known of each look: no look excuses a face of another one.
  const lookReach = isFollowed ? 0 : subjectReach;
  const isLost = (time: number): boolean => isFollowed && !isBetween(subjects, time);
  const others = [
    ...frames.map((frame) => ({ time: frame.time, faces: othersOf(frame) })),
    ...looks.map(({ time, faces }) => {
      const near = within(subjects, time, lookReach);
      return { time, faces: faces.filter((face) => !near.some(({ box }) => isSame(face, box))) };
    }),
  ];
  return (time) => {
    const subject = isLost(time) ? undefined : nearest(subjects, time);
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

interface Timed {
  readonly time: number;
}

function within<T extends Timed>(all: readonly T[], time: number, reach: number): T[] {
  return all.filter((one) => Math.abs(one.time - time) <= reach);
}

function nearest<T extends Timed>(all: readonly T[], time: number): T | undefined {
  const distance = (one: T) => Math.abs(one.time - time);
  return within(all, time, subjectReach).sort((a, b) => distance(a) - distance(b))[0];
}

/** Whether a time lies from the first to the last of them. */
function isBetween(all: readonly Timed[], time: number): boolean {
  return all.some((one) => one.time <= time) && all.some((one) => one.time >= time);
}
