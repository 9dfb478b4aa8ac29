import type { Box } from '../../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { pictureFromRgb } from '../../../src/streams/rgb-picture.ts';
import { turnedLeft } from '../images/portraits.ts';

/** A picture without a face that could be recognised, of one kind. */
export interface NonFace {
  readonly kind: 'part' | 'beside' | 'turned' | 'lamps' | 'frames';
  readonly image: RgbImage;
}

/** A photograph and the boxes of the faces in it. */
export interface Photograph {
  readonly image: RgbImage;
  readonly faces: readonly Box[];
}

/** Numbers within 0..1, the same each time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const between = (random: () => number, low: number, high: number) => low + (high - low) * random();

/** A part of a face fills the picture: an eye, a mouth, a cheek. */
export async function partOf(photo: Photograph, random: () => number): Promise<NonFace | null> {
  const [face] = photo.faces;
  if (face === undefined) return null;
  const side = Math.sqrt(face.width * face.height) * between(random, 0.25, 0.5);
  const x = face.x + face.width * between(random, 0.15, 0.85) - side / 2;
  const y = face.y + face.height * between(random, 0.15, 0.85) - side / 2;
  return cutOut(photo.image, { x, y, width: side, height: side }, 'part', random);
}

/** What lies beside the faces: hair, neck, hands, clothes, what stands behind. Null where all is face. */
export async function besideOf(photo: Photograph, random: () => number): Promise<NonFace | null> {
  const [face] = photo.faces;
  if (face === undefined) return null;
  for (let draw = 0; draw < 30; draw += 1) {
    const side = Math.sqrt(face.width * face.height) * between(random, 0.4, 1.3);
    const x = face.x + face.width * between(random, -0.7, 1.7) - side / 2;
    const y = face.y + face.height * between(random, -0.7, 1.7) - side / 2;
    const window = { x, y, width: side, height: side };
    const isInside =
      x >= 0 && y >= 0 && x + side <= photo.image.width && y + side <= photo.image.height;
    if (isInside && photo.faces.every((each) => shared(each, window) <= leftOver)) {
      return cutOut(photo.image, window, 'beside', random);
    }
  }
  return null;
}

/** The photograph on its side or upside down, once for each quarter. */
export function turnedOf({ image }: Photograph): NonFace[] {
  const quarter = turnedLeft(image);
  const half = turnedLeft(quarter);
  return [quarter, half, turnedLeft(half)].map((each) => ({ kind: 'turned', image: each }));
}

/** Bright ellipses, or the lines and areas of doors, before an even wall. */
export function drawn(kind: 'lamps' | 'frames', random: () => number): NonFace {
  const [width, height] = [320, 240];
  const data = new Uint8Array(width * height * 3);
  fill(data, () => true, colour(random, 0, 200));
  const shapes = Math.floor(between(random, 3, 12));
  for (let index = 0; index < shapes; index += 1) {
    const [x, y] = [random() * width, random() * height];
    const [w, h] = [between(random, 4, 60), between(random, 4, kind === 'lamps' ? 60 : 200)];
    const line = random() < 0.5 ? 1e9 : between(random, 1, 8);
    fill(
      data,
      (px, py) => {
        if (kind === 'lamps') return ((px - x) / w) ** 2 + ((py - y) / h) ** 2 <= 1;
        const depth = Math.min(px - x, py - y, x + w - px, y + h - py);
        return depth >= 0 && depth <= line;
      },
      colour(random, 60, 255),
    );
  }
  return { kind, image: { width, height, data } };

  function fill(into: Uint8Array, inside: (x: number, y: number) => boolean, rgb: number[]) {
    for (let at = 0; at < width * height; at += 1) {
      if (inside(at % width, Math.floor(at / width))) into.set(rgb, at * 3);
    }
  }
}

const colour = (random: () => number, low: number, high: number): number[] =>
  [0, 1, 2].map(() => Math.floor(between(random, low, high)));

/** Share of a face's box, or of the window, that both may have in common. */
const leftOver = 0.12;

function shared(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const common = Math.max(0, width) * Math.max(0, height);
  return common / Math.min(a.width * a.height, b.width * b.height);
}

/** The window, brought to the size that it may have before a camera. */
async function cutOut(
  image: RgbImage,
  window: Box,
  kind: NonFace['kind'],
  random: () => number,
): Promise<NonFace> {
  const side = Math.round(Math.exp(between(random, Math.log(48), Math.log(360))));
  const picture = pictureFromRgb(image);
  try {
    return { kind, image: await picture.rgb({ crop: window, width: side, height: side }) };
  } finally {
    picture.dispose();
  }
}
