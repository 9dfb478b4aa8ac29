export type ImageKind = 'jpeg' | 'png' | 'webp' | 'bmp';

/** What an image file says about itself before anything is decoded. */
export interface ImageHeader {
  readonly kind: ImageKind;
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 (upright) to 8. */
  readonly orientation: number;
  /** It holds several pictures to be shown one after the other. */
  readonly animated: boolean;
}

/** Reads the header of a JPEG, PNG, WebP or BMP file; `null` when it is none of these or broken. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (file.length < 26) return null;
    if (file.readUInt16BE(0) === 0xffd8) return readJpeg(file);
    if (file.readUInt32BE(0) === 0x89504e47) return readPng(file);
    if (file.toString('latin1', 0, 2) === 'BM') return readBmp(file);
    if (file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP') {
      return readWebp(file);
    }
    return null;
  } catch (error) {
    // Reading past the end of the file: it is cut off within its header.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readJpeg(file: Buffer): ImageHeader | null {
  let orientation = 1;
  let at = 2;
  for (;;) {
    if (file.readUInt8(at) !== 0xff) return null;
    const marker = file.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return null;
    const length = file.readUInt16BE(at + 2);
    if (length < 2) return null;
    if (marker === 0xe1 && file.toString('latin1', at + 4, at + 8) === 'Exif') {
      orientation = readOrientation(file.subarray(at + 10, at + 2 + length));
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const height = file.readUInt16BE(at + 5);
      const width = file.readUInt16BE(at + 7);
      return hasEnd(file, at)
        ? { kind: 'jpeg', width, height, orientation, animated: false }
        : null;
    }
    at += 2 + length;
  }
}

/** A JPEG that was cut off decodes to a picture with a grey rest: tell it by the missing end. */
function hasEnd(file: Buffer, frame: number): boolean {
  return file.lastIndexOf(Buffer.from([0xff, 0xd9])) > frame;
}

function readPng(file: Buffer): ImageHeader | null {
  if (file.toString('latin1', 12, 16) !== 'IHDR') return null;
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  let orientation = 1;
  let animated = false;
  let at = 8;
  for (;;) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    if (name === 'eXIf') orientation = readOrientation(file.subarray(at + 8, at + 8 + length));
    if (name === 'acTL') animated = true;
    if (name === 'IEND') return { kind: 'png', width, height, orientation, animated };
    at += 12 + length;
  }
}

function readBmp(file: Buffer): ImageHeader | null {
  const size = file.readUInt32LE(14);
  if (size < 12) return null;
  const width = size === 12 ? file.readUInt16LE(18) : file.readInt32LE(18);
  const height = size === 12 ? file.readUInt16LE(20) : Math.abs(file.readInt32LE(22));
  return { kind: 'bmp', width, height, orientation: 1, animated: false };
}

function readWebp(file: Buffer): ImageHeader | null {
  if (file.readUInt32LE(4) + 8 > file.length) return null;
  let orientation = 1;
  let animated = false;
  let size: { width: number; height: number } | null = null;
  let at = 12;
  while (at + 8 <= file.length) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === 'VP8X') {
      size = { width: file.readUIntLE(body + 4, 3) + 1, height: file.readUIntLE(body + 7, 3) + 1 };
    } else if (name === 'VP8 ') {
      size ??= {
        width: file.readUInt16LE(body + 6) & 0x3fff,
        height: file.readUInt16LE(body + 8) & 0x3fff,
      };
    } else if (name === 'VP8L') {
      const bits = file.readUInt32LE(body + 1);
      size ??= { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    } else if (name === 'ANIM' || name === 'ANMF') {
      animated = true;
    } else if (name === 'EXIF') {
      orientation = readOrientation(file.subarray(body, body + length));
    }
    at = body + length + (length % 2);
  }
  return size === null ? null : { kind: 'webp', ...size, orientation, animated };
}

/** The orientation tag of a TIFF structure; 1 when it is absent or damaged. */
function readOrientation(bytes: Buffer): number {
  try {
    const tiff = bytes.toString('latin1', 0, 4) === 'Exif' ? bytes.subarray(6) : bytes;
    const little = tiff.toString('latin1', 0, 2) === 'II';
    const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
    const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
    const directory = u32(4);
    const count = u16(directory);
    for (let index = 0; index < count; index += 1) {
      const entry = directory + 2 + index * 12;
      if (u16(entry) !== 0x0112) continue;
      const value = u16(entry + 8);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}
