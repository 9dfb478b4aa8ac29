/** One picture of a stream as it came. */
export interface CodedPicture {
  /** Time in the stream, milliseconds. */
  readonly pts: number;
  readonly bytes: Uint8Array;
  /** Needs no other picture to be decoded. */
  readonly key: boolean;
}

/** What a picture of MPEG-1 video begins with: a picture, a sequence or a group of pictures. */
const beginnings = [0x00, 0xb3, 0xb8];
const intra = 1;

/**
 * Reads what kind of picture `bytes` holds; undefined when it is the rest of
 * one that was cut by the demuxer, or no picture.
 */
export function codedPicture(pts: number, bytes: Uint8Array): CodedPicture | undefined {
  if (!startCodeAt(bytes, 0) || !beginnings.includes(bytes[3] ?? -1)) return undefined;
  for (let at = 0; at + 5 < bytes.length; at += 1) {
    if (!startCodeAt(bytes, at) || bytes[at + 3] !== 0) continue;
    // Ten bits of temporal reference, then three of the kind.
    const kind = ((bytes[at + 5] ?? 0) >> 3) & 7;
    return { pts, bytes, key: kind === intra };
  }
  return undefined;
}

function startCodeAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The size in the sequence header that a key picture begins with, if there is one. */
export function sizeOf({ bytes }: CodedPicture): PictureSize | undefined {
  const [high = 0, middle = 0, low = 0] = bytes.subarray(4, 7);
  if (bytes[3] !== 0xb3 || bytes.length < 7) return undefined;
  return { width: (high << 4) | (middle >> 4), height: ((middle & 15) << 8) | low };
}
