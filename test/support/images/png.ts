import { crc32, deflateSync } from 'node:zlib';
import type { RgbImage } from '../../../src/domain/image/image.ts';

const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
/** Bytes of the magic and of IHDR: where further chunks may follow. */
const headerBytes = 33;

export function pngChunk(name: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(body.length + 12);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

/** The picture as a PNG of 8 bits a colour. */
export function encodePng({ width, height, data }: RgbImage): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  }
  return pngOf(width, height, { depth: 8, colour: 2 }, rows);
}

/** A black picture of one bit a pixel: many pixels in few bytes. */
export function blackPng(width: number, height: number): Buffer {
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return pngOf(width, height, { depth: 1, colour: 0 }, rows);
}

/** The same file with a chunk after its header. */
export function withPngChunk(png: Uint8Array, name: string, body: Uint8Array): Buffer {
  return Buffer.concat([
    png.subarray(0, headerBytes),
    pngChunk(name, body),
    png.subarray(headerBytes),
  ]);
}

/** The same picture declared to be the first of two. */
export function animatedPng(png: Uint8Array): Buffer {
  const frames = Buffer.alloc(8);
  frames.writeUInt32BE(2, 0);
  return withPngChunk(png, 'acTL', frames);
}

function pngOf(
  width: number,
  height: number,
  kind: { depth: number; colour: number },
  rows: Uint8Array,
): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, kind.depth, kind.colour, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([
    magic,
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
