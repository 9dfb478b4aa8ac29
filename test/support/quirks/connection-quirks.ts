import { heads, type Quirk } from './quirk.ts';

/** Who may see it. */
export const credentialQuirks: readonly Quirk[] = [
  {
    id: 'nonce-good-once',
    from: 'curl/curl#2136',
    what: 'each nonce is good for one request',
    secret: 'digest',
    quirks: () => {
      const used = new Set<string>();
      return {
        distrusts: ({ method, headers: given }) => {
          const key = /nonce="([^"]*)"/.exec(given.get('authorization') ?? '')?.[1];
          if (key === undefined || method === 'OPTIONS') return false;
          if (used.has(key)) return true;
          used.add(key);
          return false;
        },
      };
    },
  },
  {
    id: 'closes-after-challenge',
    from: 'Motion-Project/motion#121; curl/curl#2136 (Connection: close)',
    what: 'the connection is closed after 401',
    secret: 'digest',
    quirks: () => ({ closes: (_, status) => status === 401 }),
  },
  {
    id: 'nonce-expires',
    from: 'ngraziano/SharpRTSP#126',
    what: 'the nonce has expired by the time of PLAY',
    secret: 'digest',
    quirks: () => {
      let refused = 0;
      return { distrusts: ({ method }) => method === 'PLAY' && refused++ < 1 };
    },
  },
  {
    id: 'basic-and-digest',
    from: 'RFC 7616, 5.1',
    what: 'basic and digest are both offered',
    secret: 'digest',
    quirks: () => ({
      answer: (_, answer) => {
        if (answer.status !== 401) return answer;
        const digest = String(answer.headers['WWW-Authenticate']);
        const both = ['Basic realm="x"', digest];
        return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': both } };
      },
    }),
  },
  {
    id: 'algorithm-in-quotes',
    from: 'RFC 7616, 3.3',
    what: 'the algorithm stands in quotes and lower case',
    secret: 'digest',
    quirks: () => heads((head) => head.replace('algorithm=MD5', 'algorithm="MD5", stale="FALSE"')),
  },
  {
    id: 'session-algorithm-not-meant',
    from: 'RFC 7616, 3.4.2',
    what: 'MD5-sess is named and MD5 meant',
    secret: 'digest',
    quirks: () => heads((head) => head.replace('algorithm=MD5', 'algorithm="MD5-sess"')),
  },
  {
    id: 'basic-only',
    from: 'AlexxIT/go2rtc#289',
    what: 'basic authentication alone, allowed for this camera',
    secret: 'basic',
    options: { allowBasic: true },
    quirks: () => ({}),
  },
];

/** What goes over the connection. */
export const wireQuirks: readonly Quirk[] = [
  {
    id: 'junk-between-packets',
    from: 'curl/curl#10808',
    what: 'bytes that are nothing stand between packets',
    quirks: () => ({
      frames: (frame, picture) =>
        picture % 3 === 2 ? [Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 0xff, 0xee]), frame] : [frame],
    }),
  },
  {
    id: 'packet-cut',
    from: 'scottlamb/moonfire-nvr#302',
    what: 'a packet ends in its middle and the next one follows',
    quirks: () => ({
      frames: (frame, picture) =>
        picture % 10 === 7 ? [frame.subarray(0, Math.ceil(frame.length / 2))] : [frame],
    }),
  },
  {
    id: 'foreign-channel',
    from: 'RFC 2326, 10.12',
    what: 'packets on a channel that nobody asked for',
    quirks: () => ({
      frames: (frame) => [Buffer.from([0x24, 9, 0, 3, 1, 2, 3]), frame],
    }),
  },
  {
    id: 'empty-frames',
    from: 'RFC 2326, 10.12',
    what: 'interleaved packets without content',
    quirks: () => ({ frames: (frame) => [Buffer.from([0x24, 0, 0, 0]), frame] }),
  },
  {
    id: 'report-of-another',
    from: 'RFC 3550, 6.6',
    what: 'a goodbye of a sender that is not ours',
    quirks: () => ({
      frames: (frame, picture) =>
        picture === 3
          ? [Buffer.from([0x24, 1, 0, 8, 0x81, 203, 0, 1, 1, 2, 3, 4]), frame]
          : [frame],
    }),
  },
];
