import type { Quirk } from './quirk.ts';

const described = (
  quirk: Omit<Quirk, 'quirks'> & { readonly sdp: (text: string, path: string) => string },
): Quirk => ({
  ...quirk,
  quirks: (path) => ({ description: (text) => quirk.sdp(text, path) }),
});

/** Session descriptions. */
export const descriptionQuirks: readonly Quirk[] = [
  described({
    id: 'sdp-line-feeds',
    from: 'RFC 8866, 5 (CRLF; LF to be accepted)',
    what: 'lines end with a line feed alone',
    sdp: (text) => text.replaceAll('\r\n', '\n'),
  }),
  described({
    id: 'sdp-no-last-line-end',
    from: 'RFC 8866, 5',
    what: 'the last line does not end',
    sdp: (text) => text.trimEnd(),
  }),
  described({
    id: 'sdp-no-sets',
    from: 'bluenviron/gortsplib#88',
    what: 'no parameter sets',
    sdp: (text) => text.replace(/; sprop-parameter-sets=[^\r]*/, ''),
  }),
  described({
    id: 'sdp-empty-sets',
    from: 'bluenviron/mediamtx#861',
    what: 'empty parameter sets',
    sdp: (text) => text.replace(/sprop-parameter-sets=[^\r]*/, 'sprop-parameter-sets='),
  }),
  described({
    id: 'sdp-no-pps',
    from: 'FFmpeg/FFmpeg#181',
    what: 'a sequence set and no picture set',
    sdp: (text) => text.replace(/(sprop-parameter-sets=[^,\r]*),[^\r]*/, '$1,'),
  }),
  described({
    id: 'sdp-junk-sets',
    from: 'scottlamb/retina#42',
    what: 'parameter sets that are none',
    sdp: (text) =>
      text.replace(/sprop-parameter-sets=[^\r]*/, 'sprop-parameter-sets=6dHR0dHR,6Q=='),
  }),
  described({
    id: 'sdp-no-format',
    from: 'Streamedian/html5_rtsp_player#119',
    what: 'no format parameters at all',
    sdp: (text) => text.replace(/a=fmtp:[^\r]*\r\n/, ''),
  }),
  described({
    id: 'sdp-absolute-control',
    from: 'RFC 2326, C.1.1',
    what: 'the track names its whole address',
    sdp: (text, path) =>
      text.replace('a=control:trackID=0', `a=control:rtsp://127.0.0.1/${path}/trackID=0`),
  }),
  described({
    id: 'sdp-rooted-control',
    from: 'AxisCommunications/locomote-video-player#117',
    what: 'the track names a path from the root',
    sdp: (text, path) => text.replace('a=control:trackID=0', `a=control:/${path}/trackID=0`),
  }),
  described({
    id: 'sdp-no-session-control',
    from: 'scottlamb/retina#9',
    what: 'the session has no control',
    sdp: (text) => text.replace('a=control:*\r\n', ''),
  }),
  described({
    id: 'sdp-no-control',
    from: 'RFC 2326, C.1.1',
    what: 'nothing has a control',
    sdp: (text) => text.replace(/a=control:[^\r]*\r\n/g, ''),
  }),
  described({
    id: 'sdp-lower-case-codec',
    from: 'RFC 8866, 6.6 (names in any case)',
    what: 'h264 in lower case',
    sdp: (text) => text.replace('H264/90000', 'h264/90000'),
  }),
  described({
    id: 'sdp-odd-blanks',
    from: 'RFC 8866, 5',
    what: 'blanks after colons and at line ends',
    sdp: (text) => text.replace(/\r\n/g, ' \r\n').replace('a=rtpmap:96 ', 'a=rtpmap:96  '),
  }),
  described({
    id: 'sdp-junk-lines',
    from: 'bluenviron/gortsplib#479',
    what: 'lines that are no description',
    sdp: (text) => text.replace('t=0 0\r\n', 't=0 0\r\nMedia_header:MEDIAINFO\r\n\r\na=\r\nz\r\n'),
  }),
  described({
    id: 'sdp-many-tracks',
    from: 'ONVIF Streaming Specification, 5.3 (backchannel); gortsplib#479',
    what: 'sound, metadata and a way back stand around the video',
    sdp: (text) =>
      `${text.replace(
        'm=video',
        [
          'm=audio 0 RTP/AVP 0',
          'a=control:trackID=1',
          'a=recvonly',
          'm=application 0 RTP/AVP 107',
          'a=rtpmap:107 vnd.onvif.metadata/90000',
          'a=control:trackID=2',
          'm=video',
        ].join('\r\n'),
      )}m=audio 0 RTP/AVP 8 0\r\na=control:trackID=5\r\na=sendonly\r\n`,
  }),
  described({
    id: 'sdp-mode-0',
    from: 'RFC 6184, 8.1',
    what: 'packetization mode 0 is named and 1 is sent',
    sdp: (text) => text.replace('packetization-mode=1', 'packetization-mode=0'),
  }),
  described({
    id: 'sdp-no-clock',
    from: 'RFC 8866, 6.6',
    what: 'the map has no clock rate',
    sdp: (text) => text.replace('H264/90000', 'H264'),
  }),
  described({
    id: 'sdp-no-map',
    from: 'RFC 3551, 3',
    what: 'a dynamic payload type without a map',
    sdp: (text) => text.replace(/a=rtpmap:[^\r]*\r\n/, ''),
  }),
  described({
    id: 'sdp-hevc-in-band',
    from: 'RFC 7798, 7.1',
    footage: 'h265',
    what: 'H.265 without parameter sets',
    sdp: (text) => text.replace(/a=fmtp:[^\r]*\r\n/, ''),
  }),
  described({
    id: 'sdp-hevc-name',
    from: 'RFC 7798, 7.1 (H265)',
    footage: 'h265',
    what: 'H.265 is called HEVC',
    sdp: (text) => text.replace('H265/90000', 'HEVC/90000'),
  }),
];
