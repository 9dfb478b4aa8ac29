import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32, createDeflate } from 'node:zlib';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';

/** What one picture may have: pixels of the decoder, bytes of an upload. */
const width = 8000;
const height = 5000;
const bytesAtMost = 16 * 2 ** 20;

/** A picture as large as one may be. */
export interface LargestPicture {
  readonly name: string;
  /**
   * The file with some lines less: another size, so that no buffer of one serves the next.
   * @param less lines, 0..255
   */
  readonly variant: (less: number) => Uint8Array<ArrayBuffer>;
}

/**
 * Faces as a JPEG at full resolution of colour, and a PNG of 64 bits a pixel, which takes most memory of all
 * that is decoded.
 */
export async function largestPictures(faces: string): Promise<readonly LargestPicture[]> {
  const codec = createImageCodec();
  const large = enlarge(await codec.decode(await readFile(faces)));
  const jpeg = padJpeg(await codec.encodeJpeg(large, 90));
  const png = await flatPng();
  return [
    { name: 'JPEG, faces', variant: (less) => jpegOfHeight(jpeg, height - less) },
    { name: 'PNG, 64 bits a pixel', variant: (less) => pngOfHeight(png, height - less) },
  ];
}

/** Nearest pixels, to the full size. */
function enlarge(image: RgbImage): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const row = new Uint8Array(width * 3);
  for (let [y, shown] = [0, -1]; y < height; y += 1) {
    const from = Math.floor((y * image.height) / height);
    if (from !== shown) {
      for (let x = 0; x < width; x += 1) {
        const at = (from * image.width + Math.floor((x * image.width) / width)) * 3;
        row.set(image.data.subarray(at, at + 3), x * 3);
      }
      shown = from;
    }
    data.set(row, y * width * 3);
  }
  return { width, height, data };
}

/** Comments before the picture's own parts, until the file is as long as one may be. */
function padJpeg(jpeg: Uint8Array): Buffer {
  const comments: Buffer[] = [];
  for (let left = bytesAtMost - jpeg.length; left >= 4; ) {
    const length = Math.min(left, 65_537);
    const head = Buffer.from([0xff, 0xfe, (length - 2) >> 8, (length - 2) & 0xff]);
    comments.push(head, randomBytes(length - 4));
    left -= length;
  }
  return Buffer.concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)]);
}

function jpegOfHeight(jpeg: Buffer, lines: number): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(jpeg);
  const view = Buffer.from(changed.buffer);
  let at = 2;
  while (view.readUInt16BE(at) !== 0xffc0) at += 2 + view.readUInt16BE(at + 2);
  view.writeUInt16BE(lines, at + 5);
  return changed;
}

/** One colour; random bytes in a part that no decoder reads fill it up. */
async function flatPng(): Promise<Buffer> {
  const deflate = createDeflate({ level: 1 });
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  const line = Buffer.alloc(1 + width * 8, 0x60);
  line[0] = 0;
  for (let y = 0; y < height; y += 1) {
    if (!deflate.write(line)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  await new Promise<void>((resolve) => {
    deflate.once('end', resolve);
    deflate.end();
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([16, 6, 0, 0, 0], 8);
  const parts = [Buffer.from('89504e470d0a1a0a', 'hex'), part('IHDR', head)];
  parts.push(part('IDAT', Buffer.concat(packed)), part('IEND', Buffer.alloc(0)));
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  parts.splice(2, 0, part('niGh', randomBytes(bytesAtMost - length - 12)));
  return Buffer.concat(parts);
}

function pngOfHeight(png: Buffer, lines: number): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(png);
  const view = Buffer.from(changed.buffer);
  view.writeUInt32BE(lines, 20);
  view.writeUInt32BE(crc32(view.subarray(12, 29)), 29);
  return changed;
}

function part(name: string, body: Buffer): Buffer {
  const frame = Buffer.alloc(body.length + 12);
  frame.writeUInt32BE(body.length, 0);
  frame.write(name, 4, 'latin1');
  body.copy(frame, 8);
  frame.writeUInt32BE(crc32(frame.subarray(4, body.length + 8)), body.length + 8);
  return frame;
}
