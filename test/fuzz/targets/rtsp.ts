import { NightglassError } from '../../../src/domain/errors.ts';
import { saysGoodbye } from '../../../src/streams/rtsp/rtcp.ts';
import { RtpReceiver } from '../../../src/streams/rtsp/rtp-receiver.ts';
import { joinControl } from '../../../src/streams/rtsp/rtsp-address.ts';
import { RtspAuthorizer } from '../../../src/streams/rtsp/rtsp-auth.ts';
import { RtspReader } from '../../../src/streams/rtsp/rtsp-reader.ts';
import { parseSdp } from '../../../src/streams/rtsp/sdp.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const sdp = [
  ...['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=cam', 't=0 0', 'a=control:*'],
  ...['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:trackID=1'],
  'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==',
  ...['m=video 0 RTP/AVP 97', 'a=rtpmap:97 H265/90000', 'm=audio 0 RTP/AVP 0'],
].join('\r\n');

function response(status: string, headers: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return `${[`RTSP/1.0 ${status}`, ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
}

function interleaved(sequence: number, payload: readonly number[]): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt16BE(0x8060, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(90_000 * sequence, 4);
  packet.writeUInt32BE(7, 8);
  packet.set(payload, 12);
  const head = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff]);
  return Buffer.concat([head, packet]);
}

const seeds = [
  response('200 OK', ['CSeq: 1', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER']),
  response('401 Unauthorized', [
    'CSeq: 2',
    'WWW-Authenticate: Digest realm="cam", nonce="1a2b", algorithm=MD5, qop="auth", opaque="x"',
    'WWW-Authenticate: Basic realm="cam"',
  ]),
  response('200 OK', ['CSeq: 3', 'Content-Base: rtsp://10.0.0.1/ch1/'], sdp),
  response('200 OK', [
    'CSeq: 4',
    'Session: 12345678;timeout=60',
    'Transport: RTP/AVP/TCP;interleaved=0-1',
  ]),
  response('302 Moved', ['CSeq: 5', 'Location: rtsp://10.0.0.2:8554/other']),
  'ANNOUNCE rtsp://10.0.0.1/ RTSP/1.0\r\nCSeq: 9\r\n\r\n',
];

/** All that a camera's server sends over the connection. */
export const rtsp: FuzzTarget = {
  name: 'rtsp',
  about: 'the bytes of an RTSP server: answers, descriptions, challenges, interleaved packets',
  seeds: async () => [
    ...seeds.map((text) => Buffer.from(text, 'latin1')),
    Buffer.concat([1, 2, 3, 5].map((sequence) => interleaved(sequence, [0x65, 1, 2, 3]))),
    Buffer.concat([
      ...seeds.map((text) => Buffer.from(text, 'latin1')),
      interleaved(9, [0x7c, 0x85, 1]),
    ]),
  ],
  open: async () => ({
    feed(input) {
      const reader = new RtspReader();
      const authorizer = new RtspAuthorizer({ username: 'u', password: 'p' });
      const receiver = new RtpReceiver({ payloadType: 96, datagrams: true });
      const bytes = Buffer.from(input);
      // In two pieces: what is cut anywhere must be put together again.
      const cut = bytes.length === 0 ? 0 : (bytes[0] ?? 0) % bytes.length;
      try {
        for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
          for (const item of reader.push(chunk)) {
            if (item.kind === 'data') {
              receiver.push(item.payload);
              saysGoodbye(item.payload, receiver.ssrc);
            } else {
              const sent = authorizer.sign('PLAY', '/');
              authorizer.challenged(item.headers.get('www-authenticate') ?? [], sent);
              if (item.kind === 'response') {
                const { control, video } = parseSdp(item.body.toString('utf8'));
                joinControl(control, video?.control ?? '');
              }
            }
          }
        }
      } catch (error) {
        // The bounds of heads, bodies and nonsense, and refusals with a code.
        if (!(error instanceof RangeError || error instanceof NightglassError)) throw error;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
};
