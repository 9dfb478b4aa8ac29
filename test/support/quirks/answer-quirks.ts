// Over 300 lines: a list, each entry on its own.
import { credentialQuirks, wireQuirks } from './connection-quirks.ts';
import { headers, heads, type Quirk, refuses } from './quirk.ts';

/** Heads of answers: line ends, names, numbers. */
const headQuirks: readonly Quirk[] = [
  {
    id: 'line-feeds',
    from: 'RFC 2326, 4 (CRLF); moonfire-nvr practice of FFmpeg',
    what: 'heads end their lines with a line feed alone',
    quirks: () => heads((head) => head.replaceAll('\r\n', '\n')),
  },
  {
    id: 'no-reason-phrase',
    from: 'RFC 2326, 7.1',
    what: 'status lines without a reason',
    quirks: () => heads((head) => head.replace(/^(RTSP\/1\.0 \d+)[^\r]*/, '$1')),
  },
  {
    id: 'folded-header',
    from: 'RFC 2326, 4.2 (RFC 2068 folding)',
    what: 'a header goes on in the next line',
    quirks: () => heads((head) => head.replace('\r\n\r\n', '\r\nX-Vendor: one,\r\n two\r\n\r\n')),
  },
  {
    id: 'lower-case-names',
    from: 'RFC 2326, 4.2 (names in any case)',
    what: 'header names in lower case',
    quirks: () => heads((head) => head.replace(/^[\w-]+(?=:)/gm, (name) => name.toLowerCase())),
  },
  {
    id: 'blank-before-colon',
    from: 'RFC 2326, 4.2',
    what: 'blanks around the colon',
    quirks: () => heads((head) => head.replace(/^(CSeq): /gm, '$1 :  ')),
  },
  {
    id: 'no-cseq',
    from: 'RFC 2326, 12.17',
    what: 'answers without their number',
    quirks: () => heads((head) => head.replace(/^CSeq: .*\r\n/m, '')),
  },
  {
    id: 'wrong-cseq',
    from: 'RFC 2326, 12.17',
    what: 'answers with the number of another request',
    quirks: () => heads((head) => head.replace(/^CSeq: .*$/m, 'CSeq: 4711')),
  },
  {
    id: 'vendor-header',
    from: 'AlexxIT/go2rtc#1881',
    what: 'a line in the head that is no header',
    quirks: () => heads((head) => head.replace('\r\n\r\n', '\r\nHello there\r\n\r\n')),
  },
  {
    id: 'description-without-length',
    from: 'RFC 2326, 12.14',
    what: 'the description comes without its length',
    quirks: () => ({
      bytes: ({ method }, text) =>
        method === 'DESCRIBE' ? text.replace(/Content-Length: .*\r\n/, '') : text,
    }),
  },
  {
    id: 'no-public',
    from: 'RFC 2326, 10.1',
    what: 'OPTIONS names no methods',
    quirks: () => headers('OPTIONS', () => ({ Public: null })),
  },
  {
    id: 'options-unknown',
    from: 'RFC 2326, 11.3.4',
    what: 'OPTIONS is answered 501',
    quirks: () => refuses('OPTIONS', 501),
  },
];

/** Where the stream is. */
const placeQuirks: readonly Quirk[] = [
  {
    id: 'base-missing',
    from: 'RFC 2326, C.1.1',
    what: 'no Content-Base',
    quirks: () => headers('DESCRIBE', () => ({ 'Content-Base': null })),
  },
  {
    id: 'base-without-slash',
    from: 'OvenMediaLabs/OvenMediaEngine#1245',
    what: 'Content-Base without a slash at its end',
    quirks: () =>
      headers('DESCRIBE', (_, given) => ({
        'Content-Base': String(given['Content-Base']).replace(/\/$/, ''),
      })),
  },
  {
    id: 'base-path',
    from: 'RFC 2326, C.1.1 (relative)',
    what: 'Content-Base is a path',
    quirks: (path) => headers('DESCRIBE', () => ({ 'Content-Base': `/${path}/` })),
  },
  {
    id: 'base-behind-nat',
    from: 'scottlamb/retina#9',
    what: 'Content-Base names an address that only the camera knows',
    quirks: (path) => headers('DESCRIBE', () => ({ 'Content-Base': `rtsp://10.0.0.5/${path}/` })),
  },
  {
    id: 'base-doubled',
    from: 'AlexxIT/go2rtc#208',
    what: 'Content-Base begins with rtsp://rtsp://',
    quirks: () =>
      headers('DESCRIBE', (_, given) => ({ 'Content-Base': `rtsp://${given['Content-Base']}` })),
  },
  {
    id: 'base-without-scheme',
    from: 'scottlamb/moonfire-nvr#356',
    what: 'Content-Base is host, port and path',
    quirks: () =>
      headers('DESCRIBE', (_, given) => ({
        'Content-Base': String(given['Content-Base']).replace('rtsp://', ''),
      })),
  },
  {
    id: 'base-empty',
    from: 'bluenviron/mediamtx#825',
    what: 'Content-Base is empty',
    quirks: () => headers('DESCRIBE', () => ({ 'Content-Base': '' })),
  },
  {
    id: 'redirect',
    from: 'AlexxIT/go2rtc#1881, #1480',
    what: 'DESCRIBE is answered 302 with an address',
    quirks: (path) =>
      refuses('DESCRIBE', 302, {
        when: ({ uri }) => !uri.includes('?'),
        headers: { Location: `/${path}?moved` },
      }),
  },
  {
    id: 'redirect-301',
    from: 'RFC 2326, 11.3.1',
    what: 'DESCRIBE is answered 301 with a whole address',
    quirks: (path) => ({
      answer: (request, answer) =>
        request.method === 'DESCRIBE' && !request.uri.includes('?')
          ? {
              status: 301,
              headers: {
                CSeq: answer.headers['CSeq'] ?? '0',
                Location: request.uri.replace(new RegExp(`/${path}.*`), `/${path}?moved`),
              },
              body: '',
            }
          : answer,
    }),
  },
];

/** SETUP and PLAY. */
const sessionQuirks: readonly Quirk[] = [
  {
    id: 'session-without-timeout',
    from: 'AxisCommunications/media-stream-library-js#235',
    what: 'no timeout in the session',
    quirks: () =>
      headers('SETUP', (_, given) => ({ Session: String(given['Session']).split(';')[0] ?? '' })),
  },
  {
    id: 'session-with-blanks',
    from: 'RFC 2326, 12.37',
    what: 'blanks around the timeout of the session',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Session: `${String(given['Session']).split(';')[0]} ; timeout = 30`,
      })),
  },
  {
    id: 'endless-timeout',
    from: 'RFC 2326, 12.37',
    what: 'a timeout beyond all bounds',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Session: `${String(given['Session']).split(';')[0]};timeout=4294967295`,
      })),
  },
  {
    id: 'no-interleaved',
    from: 'bluenviron/gortsplib#142',
    what: 'Transport does not name the channels',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Transport: String(given['Transport']).replace(/;interleaved=[\d-]+/, ''),
      })),
  },
  {
    id: 'other-channels',
    from: 'bluenviron/gortsplib#72',
    what: 'other channels than those asked for',
    quirks: () => ({
      ...headers('SETUP', (_, given) => ({
        Transport: String(given['Transport']).replace(/interleaved=[\d-]+/, 'interleaved=4-5'),
      })),
      frames: (frame) => {
        frame[1] = 4 + (frame[1] ?? 0);
        return [frame];
      },
    }),
  },
  {
    id: 'channels-not-kept',
    from: 'bluenviron/mediamtx#1762',
    what: 'agrees to channels 2 and 3 and sends on 0',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Transport: String(given['Transport']).replace(/interleaved=[\d-]+/, 'interleaved=2-3'),
      })),
  },
  {
    id: 'wrong-ssrc',
    from: 'RFC 2326, 12.39',
    what: 'Transport names another sender than the packets have',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Transport: `${String(given['Transport']).replace(/;ssrc=\w+/, '')};ssrc=deadbeef;mode="PLAY"`,
      })),
  },
  {
    id: 'transport-with-blanks',
    from: 'RFC 2326, 12.39',
    what: 'blanks in Transport',
    quirks: () =>
      headers('SETUP', (_, given) => ({
        Transport: String(given['Transport']).replaceAll(';', '; '),
      })),
  },
  {
    id: 'tcp-refused',
    from: 'BasisVR/Basis#940',
    what: 'SETUP over TCP is answered 461: UDP only',
    quirks: () =>
      refuses('SETUP', 461, {
        when: ({ headers: given }) => given.get('transport')?.includes('TCP') === true,
      }),
  },
  {
    id: 'udp-refused',
    from: 'deepch/RTSPtoWSMP4f#56',
    what: 'SETUP over UDP is answered 461: TCP only',
    options: { transport: 'udp' },
    quirks: () =>
      refuses('SETUP', 461, {
        when: ({ headers: given }) => given.get('transport')?.includes('TCP') !== true,
      }),
  },
  {
    id: 'no-rtp-info',
    from: 'ZoneMinder/zoneminder#609',
    what: 'PLAY names no first packet',
    quirks: () => headers('PLAY', () => ({ 'RTP-Info': null, Range: null })),
  },
  {
    id: 'broken-rtp-info',
    from: 'scottlamb/retina#64',
    what: 'PLAY names a first packet that is not the first',
    quirks: () =>
      headers('PLAY', () => ({ 'RTP-Info': 'url=trackID=0;seq=1;rtptime=1,url=;seq=;rtptime=' })),
  },
  {
    id: 'range-refused',
    from: 'RFC 2326, 11.3.8',
    what: 'PLAY with a range is answered 457',
    quirks: () =>
      refuses('PLAY', 457, { when: ({ headers: given }) => given.get('range') !== undefined }),
  },
  {
    id: 'aggregate-refused',
    from: 'RFC 2326, 11.3.10',
    what: 'PLAY of the whole is answered 459: a track only',
    quirks: () => refuses('PLAY', 459, { when: ({ uri }) => !uri.includes('trackID') }),
  },
  {
    id: 'slow-answers',
    from: 'deepch/RTSPtoWeb#315',
    what: 'each answer takes more than half a second',
    quirks: () => ({ delays: { DESCRIBE: 1_500, SETUP: 600, PLAY: 600 } }),
  },
  {
    id: 'packets-before-answer',
    from: 'scottlamb/retina#46',
    what: 'packets come before PLAY is answered',
    quirks: () => {
      let late = '';
      return {
        bytes: (request, text) => {
          if (request.method !== 'PLAY') return text;
          late = text;
          return '';
        },
        frames: (frame) => {
          const held = late;
          late = '';
          return held === '' ? [frame] : [frame, Buffer.from(held, 'latin1')];
        },
      };
    },
  },
  {
    id: 'server-asks',
    from: 'RFC 2326, 10.1 (server to client)',
    what: 'the camera asks for signs of life',
    quirks: () => ({
      onPlay: (write) => write('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
      frames: (frame, picture) =>
        picture % 5 === 1
          ? [Buffer.from(`GET_PARAMETER * RTSP/1.0\r\nCSeq: ${picture}\r\n\r\n`), frame]
          : [frame],
    }),
  },
];

/** All that concerns the control connection. */
export const answerQuirks: readonly Quirk[] = [
  ...headQuirks,
  ...placeQuirks,
  ...sessionQuirks,
  ...credentialQuirks,
  ...wireQuirks,
];
