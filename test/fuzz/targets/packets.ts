import { H26xDepacketizer } from '../../../src/streams/rtsp/depacketize-h26x.ts';
import { JpegDepacketizer } from '../../../src/streams/rtsp/depacketize-jpeg.ts';
import type { Depacketizer } from '../../../src/streams/rtsp/encoded-picture.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const makers: readonly (() => Depacketizer)[] = [
  () => new H26xDepacketizer('h264'),
  () => new H26xDepacketizer('hevc'),
  () => new JpegDepacketizer(),
];

/** An input is which depacketiser, then packets: length (2 bytes), flags (marker, lost, new time), payload. */
function script(maker: number, packets: readonly { flags: number; payload: readonly number[] }[]) {
  return Buffer.from([
    maker,
    ...packets.flatMap(({ flags, payload }) => [
      payload.length >> 8,
      payload.length & 0xff,
      flags,
      ...payload,
    ]),
  ]);
}

const rest = Array.from({ length: 40 }, (_, index) => (index * 37) & 0xff);
const jpeg = [0, 0, 0, 0, 1, 90, 4, 3, ...rest];

/** Payloads of RTP packets, in the order of their numbers. */
export const packets: FuzzTarget = {
  name: 'packets',
  about: 'payloads of H.264, H.265 and JPEG packets (RFC 6184, 7798, 2435)',
  seeds: async () => [
    script(0, [
      { flags: 4, payload: [0x67, 0x42, 0xc0, 0x1e, ...rest] },
      { flags: 0, payload: [0x68, 0xce] },
      { flags: 1, payload: [0x65, 0x88, ...rest] },
      { flags: 4, payload: [0x7c, 0x85, ...rest] },
      { flags: 0, payload: [0x7c, 0x05, ...rest] },
      { flags: 1, payload: [0x7c, 0x45, ...rest] },
      { flags: 5, payload: [0x78, 0, 4, 0x67, 1, 2, 3, 0, 3, 0x65, 0x88, 1] },
    ]),
    script(1, [
      { flags: 4, payload: [0x42, 1, ...rest] },
      { flags: 0, payload: [0x62, 1, 0x93, ...rest] },
      { flags: 1, payload: [0x62, 1, 0x53, ...rest] },
      { flags: 5, payload: [0x60, 1, 0, 5, 0x42, 1, 1, 2, 3, 0, 3, 0x26, 1, 0x80] },
    ]),
    script(2, [
      { flags: 4, payload: jpeg },
      { flags: 1, payload: [0, 0, 0, 40, 1, 90, 4, 3, ...rest] },
      {
        flags: 5,
        payload: [
          0,
          0,
          0,
          0,
          65,
          255,
          4,
          3,
          0,
          4,
          0,
          0,
          0,
          128,
          ...rest,
          ...rest,
          ...rest,
          ...rest,
        ],
      },
    ]),
  ],
  open: async () => ({
    feed(input) {
      const bytes = Buffer.from(input);
      const depacketizer = makers[(bytes[0] ?? 0) % makers.length]?.();
      let timestamp = 0;
      for (let at = 1; at + 3 <= bytes.length; ) {
        const length = bytes.readUInt16BE(at);
        const flags = bytes[at + 2] ?? 0;
        if ((flags & 4) !== 0) timestamp += 3_000;
        const payload = bytes.subarray(at + 3, at + 3 + length);
        depacketizer?.push(payload, timestamp, (flags & 1) !== 0, (flags & 2) !== 0);
        at += 3 + length;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
};
