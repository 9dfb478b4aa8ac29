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

/**
 * The face under a point of a picture that is letterboxed into a room; the smallest of several.
 * @param point from the room's left top corner, in the same unit as its size
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
  return faces
    .filter(({ box }) => x >= box.x && x <= box.x + box.width)
    .filter(({ box }) => y >= box.y && y <= box.y + box.height)
    .toSorted((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)[0];
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
