import type { Detection, Face } from '../../../src/client/nightglass-client.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far beyond a face's box the picture of it reaches, of its sides. */
const margin = 0.7;

/** How far beside a face's box a click still means it: of its sides, and at least in the room's unit. */
const reach = { ofSide: 0.4, least: 12 };

/**
 * The face under a point of a picture that is letterboxed into a room, the smallest of several;
 * where there is none, the nearest within reach: faces walk, and small ones are hard to hit.
 * @param point from the room's left top corner, in the same unit as its size (CSS pixels)
 */
export function faceAt(
  room: Size,
  frame: Pick<Detection, 'frameWidth' | 'frameHeight'>,
  faces: readonly Face[],
  point: Point,
): Face | undefined {
  const { frameWidth, frameHeight } = frame;
  const scale = Math.min(room.width / frameWidth, room.height / frameHeight);
  const x = (point.x - (room.width - frameWidth * scale) / 2) / scale;
  const y = (point.y - (room.height - frameHeight * scale) / 2) / scale;
  const near = faces.map((face) => ({ face, beside: besideBox(face.box, { x, y }) }));
  return near
    .filter(({ face: { box }, beside }) => {
      return (
        beside <= Math.max(reach.ofSide * Math.max(box.width, box.height), reach.least / scale)
      );
    })
    .toSorted((a, b) => a.beside - b.beside || areaOf(a.face) - areaOf(b.face))[0]?.face;
}

const areaOf = ({ box }: Pick<Face, 'box'>) => box.width * box.height;

/** The distance of a point from a box, 0 within it. */
function besideBox(box: Face['box'], { x, y }: Point): number {
  return Math.hypot(
    Math.max(box.x - x, 0, x - box.x - box.width),
    Math.max(box.y - y, 0, y - box.y - box.height),
  );
}

/** Where the picture of a face is to be cut from a video, in the video's pixels. */
export function cutOf(
  { box }: Pick<Face, 'box'>,
  frame: Pick<Detection, 'frameWidth' | 'frameHeight'>,
  video: Size,
): Size & Point {
  const scale = video.width / frame.frameWidth;
  const left = Math.max(0, Math.floor((box.x - box.width * margin) * scale));
  const top = Math.max(0, Math.floor((box.y - box.height * margin) * scale));
  const right = Math.min(video.width, Math.ceil((box.x + box.width * (1 + margin)) * scale));
  const bottom = Math.min(video.height, Math.ceil((box.y + box.height * (1 + margin)) * scale));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}
