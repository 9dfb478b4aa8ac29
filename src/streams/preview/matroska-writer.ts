import type { DecodedCodec } from '../rtsp/sdp.ts';

const codecIds: Readonly<Record<DecodedCodec, string>> = {
  h264: 'V_MPEG4/ISO/AVC',
  hevc: 'V_MPEGH/ISO/HEVC',
  mjpeg: 'V_MJPEG',
  mpeg4: 'V_MPEG4/ISO/ASP',
  mpeg2: 'V_MPEG2',
  h263: 'V_MS/VFW/FOURCC',
  vp8: 'V_VP8',
  vp9: 'V_VP9',
  av1: 'V_AV1',
};

/**
 * The head of an endless Matroska stream with one video track, times in
 * milliseconds. Chosen for the pipe to the encoder because size and rate stand in
 * its head: FFmpeg starts with the first picture instead of probing.
 */
export function matroskaHead(video: {
  readonly codec: DecodedCodec;
  readonly width: number;
  readonly height: number;
}): Buffer {
  const track = element(0xae, [
    unsigned(0xd7, 1),
    unsigned(0x73c5, 1),
    unsigned(0x83, 1),
    // Without frames a second FFmpeg reads on until it has guessed them.
    unsigned(0x23e383, 40_000_000),
    text(0x86, codecIds[video.codec]),
    element(0xe0, [unsigned(0xb0, video.width), unsigned(0xba, video.height)]),
  ]);
  return Buffer.concat([
    element(0x1a45dfa3, [
      unsigned(0x4286, 1),
      unsigned(0x42f7, 1),
      unsigned(0x42f2, 4),
      unsigned(0x42f3, 8),
      text(0x4282, 'matroska'),
      unsigned(0x4287, 4),
      unsigned(0x4285, 2),
    ]),
    // A segment of unknown size.
    Buffer.from('18538067' + '01ffffffffffffff', 'hex'),
    element(0x1549a966, [
      unsigned(0x2ad7b1, 1_000_000),
      text(0x4d80, 'Nightglass'),
      text(0x5741, 'Nightglass'),
    ]),
    element(0x1654ae6b, [track]),
  ]);
}

/** One picture as a cluster of its own; `time` in milliseconds from the start of the stream. */
export function matroskaPicture(picture: { data: Buffer; key: boolean; time: number }): Buffer {
  const block = Buffer.from([0x81, 0, 0, picture.key ? 0x80 : 0]);
  return element(0x1f43b675, [
    unsigned(0xe7, Math.round(picture.time)),
    element(0xa3, [block, picture.data]),
  ]);
}

function element(id: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(length) | (1n << 56n));
  return Buffer.concat([idBytes(id), size, ...parts]);
}

function unsigned(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return element(id, [bytes]);
}

function text(id: number, value: string): Buffer {
  return element(id, [Buffer.from(value, 'latin1')]);
}

function idBytes(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
