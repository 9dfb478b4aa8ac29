import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box } from '../../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { pictureFromRgb } from '../../../src/streams/rgb-picture.ts';
import { sharedFolder } from '../third-party-manifest.ts';

interface Labelled {
  readonly key: string;
  readonly part: string;
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly {
    readonly box: readonly [number, number, number, number];
    readonly ignore: boolean;
  }[];
}

/** A head cut from a held-out photograph. */
export interface Head {
  readonly image: RgbImage;
  /** Of the face, in the cut. */
  readonly face: Box;
}

/** Photographs that no detector was trained with: heads, and places without people. */
export async function heldOut(heads: number): Promise<{ heads: Head[]; places: RgbImage[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'held-out-'));
  try {
    const detect = join(sharedFolder, 'faces/detect');
    execFileSync('tar', ['xf', join(detect, 'heldout.tar'), '-C', folder]);
    const rows = readFileSync(join(detect, 'labels.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Labelled)
      .filter(({ part }) => part === 'heldout');
    const codec = createImageCodec();
    const read = ({ key }: Labelled) => codec.decode(readFileSync(join(folder, `${key}.webp`)));
    const portraits = rows.filter(
      ({ faces, source }) =>
        ['celeba_wild', 'lfw'].includes(source) && faces.length === 1 && !faces[0]?.ignore,
    );
    const empty = rows.filter(({ faces, source }) => source === 'bsds' && faces.length === 0);
    return {
      heads: await Promise.all(
        portraits.slice(0, heads).map(async (row) => cut(await read(row), row)),
      ),
      places: await Promise.all(empty.slice(0, 4).map(read)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function cut(image: RgbImage, { faces, width, height }: Labelled): Promise<Head> {
  const [x, y, w, h] = faces[0]?.box ?? [0, 0, 0, 0];
  const left = Math.max(0, Math.floor(x - 0.35 * w));
  const top = Math.max(0, Math.floor(y - 0.4 * h));
  const right = Math.min(width, Math.ceil(x + 1.35 * w));
  const bottom = Math.min(height, Math.ceil(y + 1.3 * h));
  const size = { width: right - left, height: bottom - top };
  const picture = pictureFromRgb(image);
  const head = await picture.rgb({ ...size, crop: { x: left, y: top, ...size } });
  picture.dispose();
  return { image: head, face: { x: x - left, y: y - top, width: w, height: h } };
}

/** A picture at another size. */
export async function resized(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  const picture = pictureFromRgb(image);
  const result = await picture.rgb({ width, height });
  picture.dispose();
  return result;
}

/** A walker with a head whose face has `side` pixels (geometric mean), to be put into scenes. */
export async function walker({ image, face }: Head, side: number): Promise<Head> {
  const scale = side / Math.sqrt(face.width * face.height);
  const head = await resized(
    image,
    Math.max(4, Math.round(image.width * scale)),
    Math.max(4, Math.round(image.height * scale)),
  );
  const width = Math.max(head.width, Math.round(2.4 * side));
  const height = head.height + Math.round(5.5 * side);
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set([70, 55, 60], at);
  const left = (width - head.width) >> 1;
  // What is beside the head is as the wall behind, about.
  data.fill(150, 0, head.height * width * 3);
  paste(head, { width, height, data }, left, 0);
  const [x, y] = [left + face.x * scale, face.y * scale];
  return {
    image: { width, height, data },
    face: { x, y, width: face.width * scale, height: face.height * scale },
  };
}

/** Puts a picture into another one, its left top corner within it. */
export function paste(image: RgbImage, onto: RgbImage, left: number, top: number): void {
  const columns = Math.min(image.width, onto.width - left);
  const rows = Math.min(image.height, onto.height - top);
  for (let y = 0; y < rows; y += 1) {
    const from = y * image.width * 3;
    const to = ((top + y) * onto.width + left) * 3;
    onto.data.set(image.data.subarray(from, from + columns * 3), to);
  }
}
