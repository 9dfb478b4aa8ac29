import type { ClipFaces } from '../domain/clip.ts';
import type { Detector } from '../domain/detection.ts';
import { hideParts } from '../domain/frame/hide-parts.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { Picture } from '../domain/frame/picture.ts';
import { type Box, shareOf } from '../domain/geometry/box.ts';
import { clothingAppearance } from '../operators/clothing-appearance.ts';
import { sceneLook } from '../operators/shot-change.ts';
import type { BlurWatch, ClipSubject, FaceBlur } from '../services/evidence/blur/face-blur.ts';
import {
  type HiddenParts,
  othersInClip,
  othersInPicture,
  type SeenInClip,
} from '../services/evidence/blur/others-faces.ts';
import { inTurns } from '../services/in-turns.ts';
import { NativePicture } from '../streams/native-picture.ts';
import { redrawClip, type YuvPicture } from '../streams/redraw/redraw-clip.ts';
import { shownPictures } from '../streams/redraw/shown-pictures.ts';
import { detectInStill } from './detect-in-still.ts';
import { type ClipLook, followFace } from './follow-face.ts';

/** How a detector that finds who is to be hidden is set: rather a face too many than one too few. */
export const blurDetector = { inputWidth: 1280, maxUpscale: 1, scoreThreshold: 0.3 } as const;

/** Of the work on a clip, looking through it takes this share, decoding, drawing and coding the rest. */
const lookingShare = 0.65;

/** How often a clip is looked through once more, milliseconds. */
const lookEveryMs = 200;

/** Hides faces by what the detector finds. */
export function faceBlur(detector: Detector, codec: ImageCodec): FaceBlur {
  const find = detectInStill(detector);
  return {
    async picture(jpeg, subject) {
      const image = await codec.decode(jpeg);
      const found = (await find(image)).map(({ box }) => shareOf(box, image));
      const parts = othersInPicture(found, subject);
      if (parts.hidden.length === 0) return null;
      hide(parts, image, { ...image, channels: 3 });
      return codec.encodeJpeg(image, 92);
    },
    async clip(mp4, seen, watch = {}) {
      const file = Buffer.from(mp4.buffer, mp4.byteOffset, mp4.byteLength);
      const subject = seen !== null && 'place' in seen ? seen : null;
      const expected = seen !== null && 'pictures' in seen ? seen.pictures.length : undefined;
      const looked = part(watch, { from: 0, until: lookingShare, expected });
      const { looks, times, isGuessed } = await lookThrough(file, detector, subject, looked);
      const known = knownOf(seen, looks);
      const shares = looks.map(({ time, faces, size }) => ({
        time,
        faces: faces.map(({ box }) => shareOf(box, size)),
      }));
      const partsAt = othersInClip(known, shares);
      const nobody = times.every((time) => partsAt(time).hidden.length === 0);
      // Who decodes a guessed picture in another way may see what was not looked at: coded again, it
      // shows what was.
      if (nobody && !isGuessed) return null;
      const drawn = part(watch, { from: lookingShare, until: 1, expected: times.length });
      let at = 0;
      const steps = await redrawClip(file, (picture, time) => {
        drawn(at);
        if (time !== times[at]) throw new Error('Cannot write a clip again: it was decoded twice');
        at += 1;
        hideInYuv(partsAt(time), picture);
      });
      const made = await inTurns(steps);
      if (typeof made === 'string') throw new Error(`Cannot write a clip again: ${made}`);
      return Buffer.concat([...made.file]);
    },
  };
}

/** Tells how much is done by the number of pictures that are. */
function part(
  { onShare, signal }: BlurWatch,
  { from, until, expected = 0 }: { from: number; until: number; expected: number | undefined },
): (done: number) => void {
  return (done) => {
    signal?.throwIfAborted();
    // What nobody counted counts as half.
    const share = expected === 0 ? 0.5 : Math.min(1, done / expected);
    onShare?.(from + (until - from) * share);
  };
}

/** What was recorded of the clip, or where the face is that is known of at one moment. */
function knownOf(seen: ClipFaces | ClipSubject | null, looks: readonly ClipLook[]): SeenInClip {
  if (seen === null) return { frames: [] };
  return 'place' in seen ? followFace(looks, seen) : seen;
}

/**
 * What is seen in a clip, some times a second, and when its pictures are shown.
 * @param subject a face that is to be followed: the picture at its moment is looked at, too
 */
async function lookThrough(
  file: Buffer,
  detector: Detector,
  subject: ClipSubject | null,
  onPicture: (done: number) => void,
) {
  const looks: ClipLook[] = [];
  const times: number[] = [];
  let anyGuessed = false;
  for await (const { frame, time, isGuessed } of shownPictures(file)) {
    const picture = NativePicture.create(frame);
    try {
      onPicture(times.length);
      anyGuessed ||= isGuessed;
      const isMoment =
        subject !== null && time >= subject.time - 1 && (times.at(-1) ?? -1) < subject.time - 1;
      times.push(time);
      const last = looks.at(-1);
      if (!isMoment && last !== undefined && time < last.time + lookEveryMs) continue;
      looks.push(await lookAt(picture, time, detector, subject !== null));
    } finally {
      picture.dispose();
    }
  }
  return { looks, times, isGuessed: anyGuessed };
}

/** @param isFollowed whether faces are to be told apart from one picture to the next */
async function lookAt(
  picture: Picture,
  time: number,
  detector: Detector,
  isFollowed: boolean,
): Promise<ClipLook> {
  const { width, height } = picture;
  const faces = await detector.detect(picture);
  const shown = { picture, width, height };
  const clothes = isFollowed
    ? await Promise.all(faces.map((face) => clothingAppearance(shown, face)))
    : [];
  const scene = isFollowed ? await sceneLook(shown) : null;
  return { time, size: { width, height }, faces, clothes, scene };
}

function hideInYuv(parts: HiddenParts, { width, height, data }: YuvPicture): void {
  if (parts.hidden.length === 0) return;
  const luma = width * height;
  const chroma = luma / 4;
  const half = { width: width / 2, height: height / 2 };
  const planes = [
    { width, height, data: data.subarray(0, luma) },
    { ...half, data: data.subarray(luma, luma + chroma) },
    { ...half, data: data.subarray(luma + chroma, luma + 2 * chroma) },
  ];
  for (const plane of planes) hide(parts, plane, { ...plane, channels: 1 });
}

function hide(
  { hidden, kept }: HiddenParts,
  size: { readonly width: number; readonly height: number },
  plane: Parameters<typeof hideParts>[0],
): void {
  const inPixels = (box: Box) => ofShare(box, size);
  hideParts(plane, hidden.map(inPixels), kept.map(inPixels));
}

function ofShare(share: Box, { width, height }: { width: number; height: number }): Box {
  return {
    x: share.x * width,
    y: share.y * height,
    width: share.width * width,
    height: share.height * height,
  };
}
