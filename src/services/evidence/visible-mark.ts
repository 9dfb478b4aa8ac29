import type { RgbImage } from '../../domain/image/image.ts';

/** Letters of the mark, five dots wide and seven high, a row a number. */
const letters: Readonly<Record<string, readonly number[]>> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  '-': [0, 0, 0, 31, 0, 0, 0],
  E: [31, 16, 16, 30, 16, 16, 31],
  N: [17, 25, 21, 19, 17, 17, 17],
  H: [17, 17, 17, 31, 17, 17, 17],
  C: [15, 16, 16, 16, 16, 16, 15],
  D: [30, 17, 17, 17, 17, 17, 30],
};
const text = 'AI-ENHANCED';
const pitch = 6;
const textWidth = text.length * pitch - 1;
const bandHeight = 13;

/**
 * The picture above a band that says `AI-ENHANCED`, white on red: no pixel of the picture is hidden
 * or changed, and no look at it misses the words.
 */
export function withVisibleMark({ width, height, data }: RgbImage): RgbImage {
  const scale = Math.max(1, Math.floor(width / (textWidth + 8)));
  const wide = Math.max(width, textWidth + 8);
  const high = height + bandHeight * scale;
  const marked = new Uint8Array(wide * high * 3);
  for (let row = 0; row < height; row += 1) {
    marked.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * wide * 3);
  }
  for (let at = height * wide * 3; at < marked.length; at += 3) marked[at] = 176;
  const left = Math.floor((wide - textWidth * scale) / 2);
  for (let y = 0; y < 7 * scale; y += 1) {
    for (let x = 0; x < textWidth * scale; x += 1) {
      if (!isInk(Math.floor(x / scale), Math.floor(y / scale))) continue;
      marked.fill(255, ...span(((height + 3 * scale + y) * wide + left + x) * 3));
    }
  }
  return { width: wide, height: high, data: marked };
}

const span = (at: number): [number, number] => [at, at + 3];

function isInk(x: number, y: number): boolean {
  const column = x % pitch;
  const rows = letters[text[Math.floor(x / pitch)] ?? ''] ?? [];
  return column < 5 && (((rows[y] ?? 0) >> (4 - column)) & 1) === 1;
}
