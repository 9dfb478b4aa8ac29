import { splitNalUnits } from '../../../demo/rtsp/annex-b.ts';
import type { Quirks, QuirkyPayload } from '../../../demo/rtsp/quirks.ts';
import { packetizeH264, packetizeH265 } from '../../../demo/rtsp/rtp-h26x.ts';
import type { Quirk } from './quirk.ts';

/** Payloads with the marker on the last one. */
function marked(payloads: readonly Uint8Array[]): QuirkyPayload[] {
  return payloads.map((payload, index) => ({ payload, marker: index === payloads.length - 1 }));
}

const cut = (change: (data: Uint8Array) => readonly Uint8Array[]): Quirks => ({
  payloads: (unit) => marked(change(unit.data)),
});

const isFragment = (payload: Uint8Array) => ((payload[0] ?? 0) & 31) === 28;

/** Rewrites the flags (start 0x80, end 0x40, reserved 0x20) of H.264 fragments. */
const flags = (change: (flags: number) => number): Quirks =>
  cut((data) =>
    packetizeH264(data, 300).map((payload) => {
      if (!isFragment(payload)) return payload;
      const copy = Uint8Array.from(payload);
      copy[1] = change(copy[1] ?? 0);
      return copy;
    }),
  );

function aggregate(units: readonly Uint8Array[], head: readonly number[]): Uint8Array {
  const parts: number[] = [...head];
  for (const unit of units) parts.push(unit.length >> 8, unit.length & 255, ...unit);
  return Uint8Array.from(parts);
}

const h264Quirks: readonly Quirk[] = [
  {
    id: 'fragments-without-end',
    from: 'AlexxIT/go2rtc#2491',
    what: 'no fragment has the end bit',
    quirks: () => flags((bits) => bits & ~0x40),
  },
  {
    id: 'fragment-ends-everywhere',
    from: 'lanikai/alohartc#98',
    what: 'each fragment has the end bit',
    quirks: () => flags((bits) => bits | 0x40),
  },
  {
    id: 'fragment-reserved-bit',
    from: 'scottlamb/retina#109',
    what: 'the reserved bit of fragments is set',
    quirks: () => flags((bits) => bits | 0x20),
  },
  {
    id: 'single-fragments',
    from: 'scottlamb/retina#131, bluenviron/gortsplib#649',
    what: 'whole units as one fragment with start and end',
    quirks: () =>
      cut((data) =>
        splitNalUnits(data).map((unit) =>
          Uint8Array.from([
            ((unit[0] ?? 0) & 0xe0) | 28,
            0xc0 | ((unit[0] ?? 0) & 31),
            ...unit.subarray(1),
          ]),
        ),
      ),
  },
  {
    id: 'empty-fragments',
    from: 'RFC 6184, 5.8',
    what: 'fragments without content in between',
    quirks: () =>
      cut((data) =>
        packetizeH264(data, 300).flatMap((payload) =>
          isFragment(payload) && ((payload[1] ?? 0) & 0xc0) === 0
            ? [payload.subarray(0, 2), payload]
            : [payload],
        ),
      ),
  },
  {
    id: 'fragmented-sets',
    from: 'OvenMediaLabs/OvenMediaEngine#2032',
    what: 'parameter sets in fragments of ten bytes',
    quirks: () => cut((data) => packetizeH264(data, 12)),
  },
  {
    id: 'markers-in-fragments',
    from: 'RFC 6184, 5.1',
    what: 'a marker on each fragment',
    quirks: () => ({
      payloads: (unit) =>
        packetizeH264(unit.data, 300).map((payload) => ({ payload, marker: true })),
    }),
  },
  {
    id: 'large-packets',
    from: 'RFC 2326, 10.12',
    what: 'a picture in one packet of up to 64 kB',
    quirks: () => cut((data) => packetizeH264(data, 60_000)),
  },
  {
    id: 'aggregates',
    from: 'RFC 6184, 5.7.1',
    what: 'all units of a picture in one aggregate',
    quirks: () => cut((data) => [aggregate(splitNalUnits(data), [24])]),
  },
  {
    id: 'start-code-prefix',
    from: 'bluenviron/gortsplib#608',
    what: 'units begin with a start code',
    quirks: () =>
      cut((data) => splitNalUnits(data).map((unit) => Uint8Array.from([0, 0, 0, 1, ...unit]))),
  },
  {
    id: 'annex-b-packet',
    from: 'scottlamb/retina#68',
    what: 'several units in one packet, parted by start codes',
    quirks: () => cut((data) => [data.subarray(data[2] === 1 ? 3 : 4)]),
  },
  {
    id: 'annex-b-fragments',
    from: 'scottlamb/retina#68, #100 (V380)',
    what: 'several units in the fragments of one',
    quirks: () =>
      cut((data) => {
        const stream = data.subarray(data[2] === 1 ? 3 : 4);
        const head = stream[0] ?? 0;
        const payloads: Uint8Array[] = [];
        for (let at = 1; at < stream.length; at += 1_000) {
          const end = at + 1_000 >= stream.length ? 0x40 : 0;
          const bits = (at === 1 ? 0x80 : 0) | end | (head & 31);
          payloads.push(
            Uint8Array.from([(head & 0xe0) | 28, bits, ...stream.subarray(at, at + 1_000)]),
          );
        }
        return payloads;
      }),
  },
  {
    id: 'delimiters',
    from: 'ITU-T H.264, 7.4.1.2.3',
    what: 'an access unit delimiter, information and filler around the picture',
    quirks: () =>
      cut((data) => [
        Uint8Array.from([9, 0xf0]),
        ...packetizeH264(data, 1_400),
        Uint8Array.from([12, 0xff, 0xff, 0x80]),
      ]),
  },
  {
    id: 'sets-sent-once',
    from: 'meetecho/janus-gateway#849',
    what: 'parameter sets stand in the description alone',
    quirks: () =>
      cut((data) =>
        splitNalUnits(data)
          .filter((unit) => ![7, 8].includes((unit[0] ?? 0) & 31))
          .flatMap((unit) => packetizeH264(Uint8Array.from([0, 0, 1, ...unit]), 1_400)),
      ),
  },
];

const h265Quirks: readonly Quirk[] = [
  {
    id: 'hevc-aggregates',
    from: 'RFC 7798, 4.4.2',
    footage: 'h265',
    what: 'H.265 in aggregates',
    quirks: () => cut((data) => [aggregate(splitNalUnits(data), [48 << 1, 1])]),
  },
  {
    id: 'hevc-small-fragments',
    from: 'RFC 7798, 4.4.3',
    footage: 'h265',
    what: 'H.265 in fragments of 50 bytes',
    quirks: () => cut((data) => packetizeH265(data, 53)),
  },
  {
    id: 'hevc-markers',
    from: 'evercam/ex_nvr#509',
    footage: 'h265',
    what: 'H.265 with a marker on each packet',
    quirks: () => ({
      payloads: (unit) =>
        packetizeH265(unit.data, 400).map((payload) => ({ payload, marker: true })),
    }),
  },
  {
    id: 'hevc-fragments-without-end',
    from: 'AlexxIT/go2rtc#2491',
    footage: 'h265',
    what: 'H.265 without the end bit',
    quirks: () =>
      cut((data) =>
        packetizeH265(data, 300).map((payload) => {
          if ((((payload[0] ?? 0) >> 1) & 63) !== 49) return payload;
          const copy = Uint8Array.from(payload);
          copy[2] = (copy[2] ?? 0) & ~0x40;
          return copy;
        }),
      ),
  },
];

const jpegQuirks: readonly Quirk[] = [
  {
    id: 'jpeg-without-markers',
    from: 'RFC 2435, 3',
    footage: 'mjpeg',
    what: 'JPEG without markers',
    quirks: () => ({
      payloads: (_, __, usual) => usual.map((payload) => ({ payload, marker: false })),
    }),
  },
  {
    id: 'jpeg-large',
    from: 'ONVIF Streaming Specification, 5.1.4; ngraziano/SharpRTSP#95',
    footage: 'mjpeg',
    what: 'size 0 in the packets, the frame header in an extension (for more than 2040 pixels)',
    quirks: () => ({
      packets: (packets) =>
        packets.map((packet, index) => {
          const payload = Uint8Array.from(packet.payload);
          const [wide = 0, high = 0] = payload.subarray(6, 8);
          payload.fill(0, 6, 8);
          if (index > 0) return { ...packet, payload };
          const sampling = (payload[4] ?? 0) % 64 === 0 ? 0x21 : 0x22;
          const data = new Uint8Array(20).fill(0xff);
          data.set([0xff, 0xc0, 0, 17, 8, (high * 8) >> 8, (high * 8) & 255, (wide * 8) >> 8]);
          data.set([(wide * 8) & 255, 3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1], 8);
          return { ...packet, payload, extension: { profile: 0xffd8, data } };
        }),
    }),
  },
  {
    id: 'jpeg-swapped',
    from: 'scottlamb/retina#72',
    footage: 'mjpeg',
    what: 'JPEG with neighbours changed over TCP',
    quirks: () => ({
      packets: ([first, second, ...rest]) =>
        first && second ? [second, first, ...rest] : first ? [first] : [],
    }),
  },
];

const oldQuirks: readonly Quirk[] = [
  {
    id: 'mpeg4',
    from: 'RFC 6416, 5',
    footage: 'mpeg4',
    what: 'MPEG-4 part 2, which our own client does not put together',
    quirks: () => ({
      description: (sdp) =>
        sdp.replace(/a=fmtp[^\r]*\r\n/, '').replace('H264/90000', 'MP4V-ES/90000'),
      payloads: ({ data }) => {
        const parts: Uint8Array[] = [];
        for (let at = 0; at < data.length; at += 1_400) parts.push(data.subarray(at, at + 1_400));
        return marked(parts);
      },
    }),
  },
];

/** All that concerns how pictures are cut into packets. */
export const pictureQuirks: readonly Quirk[] = [
  ...h264Quirks,
  ...h265Quirks,
  ...jpegQuirks,
  ...oldQuirks,
];
