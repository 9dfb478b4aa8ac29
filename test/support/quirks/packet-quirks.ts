import type { QuirkyPacket } from '../../../demo/rtsp/quirks.ts';
import { eachPacket, type Quirk } from './quirk.ts';

function swapPairs(packets: readonly QuirkyPacket[]): QuirkyPacket[] {
  const out = [...packets];
  for (let at = 0; at + 1 < out.length; at += 2) {
    const [first, second] = [out[at], out[at + 1]];
    if (first && second) [out[at], out[at + 1]] = [second, first];
  }
  return out;
}

/** Numbers of packets. */
const numberQuirks: readonly Quirk[] = [
  {
    id: 'swapped',
    from: 'scottlamb/retina#72',
    what: 'neighbours change places over TCP',
    quirks: () => ({ packets: swapPairs }),
  },
  {
    id: 'swapped-hevc',
    from: 'scottlamb/retina#72',
    footage: 'h265',
    what: 'neighbours change places over TCP, H.265',
    quirks: () => ({ packets: swapPairs }),
  },
  {
    id: 'swapped-udp',
    from: 'RFC 3550, A.1',
    what: 'neighbours change places over UDP',
    options: { transport: 'udp' },
    quirks: () => ({ packets: swapPairs }),
  },
  {
    id: 'twice',
    from: 'RFC 3550, A.1',
    what: 'each packet comes twice',
    quirks: () => ({ packets: (packets) => packets.flatMap((packet) => [packet, packet]) }),
  },
  {
    id: 'numbers-shared',
    from: 'ultravideo/uvgRTP#97',
    what: 'numbers shared with the sound: gaps without a loss',
    quirks: () => {
      let extra = 0;
      return eachPacket((packet) => {
        extra += 2;
        return { ...packet, sequence: packet.sequence + extra };
      });
    },
  },
  {
    id: 'numbers-constant',
    from: 'BogdanovKirill/RtspClientSharp#98',
    what: 'all packets have one number',
    quirks: () => eachPacket((packet) => ({ ...packet, sequence: 7 })),
  },
  {
    id: 'numbers-by-picture',
    from: 'bluenviron/gortsplib#750',
    what: 'numbers begin with each picture',
    quirks: () => eachPacket((packet, index) => ({ ...packet, sequence: index })),
  },
  {
    id: 'numbers-random',
    from: 'RFC 3550, 5.1',
    what: 'numbers that mean nothing',
    quirks: () => {
      let at = 1;
      return eachPacket((packet) => {
        at = Math.imul(at, 48_271) % 65_521;
        return { ...packet, sequence: at };
      });
    },
  },
  {
    id: 'numbers-restart',
    from: 'bluenviron/gortsplib#750',
    what: 'numbers begin again in mid-stream',
    quirks: () => {
      let sequence = 30_000;
      return eachPacket((packet, index, picture) => {
        if (picture === 5 && index === 0) sequence = 1;
        return { ...packet, sequence: sequence++ };
      });
    },
  },
  {
    id: 'numbers-wrap',
    from: 'androidx/media#738',
    what: 'numbers pass 65535',
    quirks: () => {
      let sequence = 65_530;
      return eachPacket((packet) => ({ ...packet, sequence: sequence++ }));
    },
  },
];

/** The other fields of the head. */
const fieldQuirks: readonly Quirk[] = [
  {
    id: 'stray-type',
    from: 'BogdanovKirill/RtspClientSharp#98',
    what: 'packets of type 50 in between, with a number of their own',
    quirks: () => ({
      packets: (packets) =>
        packets.flatMap((packet) => [
          { ...packet, payloadType: 50, sequence: 1, payload: Uint8Array.from([1, 2, 3]) },
          packet,
        ]),
    }),
  },
  {
    id: 'other-type',
    from: 'RFC 3551, 3',
    what: 'all packets have a type that was not announced',
    quirks: () => eachPacket((packet) => ({ ...packet, payloadType: 99 })),
  },
  {
    id: 'markers-everywhere',
    from: 'evercam/ex_nvr#509',
    what: 'a marker on each packet',
    quirks: () => eachPacket((packet) => ({ ...packet, marker: true })),
  },
  {
    id: 'no-markers',
    from: 'baresip/baresip#353',
    what: 'no marker at all',
    quirks: () => eachPacket((packet) => ({ ...packet, marker: false })),
  },
  {
    id: 'marker-first',
    from: 'scottlamb/retina#13',
    what: 'a marker on the first packet of a picture alone',
    quirks: () => eachPacket((packet, index) => ({ ...packet, marker: index === 0 })),
  },
  {
    id: 'sets-of-before',
    from: 'scottlamb/retina#13 (Reolink)',
    what: 'parameter sets carry a marker and the time of the picture before',
    quirks: () =>
      eachPacket((packet) => {
        const isSet = [7, 8].includes((packet.payload[0] ?? 0) & 31);
        if (!isSet) return packet;
        return { ...packet, marker: true, timestamp: packet.timestamp - 4_500 };
      }),
  },
  {
    id: 'time-constant',
    from: 'pravega/gstreamer-pravega#103',
    what: 'one time stamp for all',
    quirks: () => eachPacket((packet) => ({ ...packet, timestamp: 1_000 })),
  },
  {
    id: 'time-by-packet',
    from: 'RFC 6184, 5.1',
    what: 'a time stamp of its own for each packet',
    quirks: () =>
      eachPacket((packet, index) => ({ ...packet, timestamp: packet.timestamp + index * 10 })),
  },
  {
    id: 'time-jumps-back',
    from: 'gtxaspec/raptor#43',
    what: 'time goes back by seconds now and then',
    quirks: () =>
      eachPacket((packet, _, picture) => ({
        ...packet,
        timestamp: packet.timestamp - Math.floor(picture / 5) * 400_000,
      })),
  },
  {
    id: 'time-hours-away',
    from: 'bluenviron/mediamtx#6255',
    what: 'single pictures are hours away',
    quirks: () =>
      eachPacket((packet, _, picture) => ({
        ...packet,
        timestamp: packet.timestamp + (picture % 4 === 3 ? 900_000_000 : 0),
      })),
  },
  {
    id: 'time-wraps',
    from: 'bluenviron/mediamtx#622',
    what: 'time stamps pass 2^32',
    quirks: () => {
      let from: number | null = null;
      return eachPacket((packet) => {
        from ??= packet.timestamp;
        return { ...packet, timestamp: (packet.timestamp - from + 4_294_950_000) >>> 0 };
      });
    },
  },
  {
    id: 'extension',
    from: 'ONVIF Streaming Specification, 6.3 (replay, 0xABAC)',
    what: 'a header extension on each packet',
    quirks: () =>
      eachPacket((packet) => ({
        ...packet,
        extension: { profile: 0xabac, data: new Uint8Array(12) },
      })),
  },
  {
    id: 'new-sender',
    from: 'RFC 3550, 8.2',
    what: 'the sender takes another identity in mid-stream',
    quirks: () =>
      eachPacket((packet, _, picture) => ({ ...packet, ssrc: picture < 5 ? packet.ssrc : 77 })),
  },
];

/** All that concerns the heads of packets. */
export const packetQuirks: readonly Quirk[] = [...numberQuirks, ...fieldQuirks];
