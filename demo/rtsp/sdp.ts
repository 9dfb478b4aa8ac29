import type { EncodedSource } from '../media/encoded-source.ts';
import { h264NalType, h265NalType, splitNalUnits } from './annex-b.ts';
import { payloadTypes } from './packetizer.ts';

/** Session description (RFC 8866) of a camera with one video track, `trackID=0`. */
export function describeSource(source: EncodedSource): string {
  const type = payloadTypes[source.codec];
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=Nightglass virtual camera',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${type}`,
    `a=rtpmap:${type} ${{ h264: 'H264', h265: 'H265', mjpeg: 'JPEG' }[source.codec]}/90000`,
    ...formatParameters(source).map((parameters) => `a=fmtp:${type} ${parameters}`),
    `a=framerate:${source.framesPerSecond}`,
    'a=control:trackID=0',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function formatParameters(source: EncodedSource): string[] {
  const [first] = source.units;
  if (source.codec === 'mjpeg' || first === undefined) return [];
  const units = splitNalUnits(first.data);
  if (source.codec === 'h264') {
    const sps = units.find((unit) => h264NalType(unit) === 7);
    const pps = units.find((unit) => h264NalType(unit) === 8);
    if (sps === undefined || pps === undefined) return ['packetization-mode=1'];
    const profile = Buffer.from(sps.subarray(1, 4)).toString('hex').toUpperCase();
    return [
      `packetization-mode=1; profile-level-id=${profile}; sprop-parameter-sets=${base64(sps)},${base64(pps)}`,
    ];
  }
  const sets = [32, 33, 34].map((type) => units.find((unit) => h265NalType(unit) === type));
  const [vps, sps, pps] = sets;
  if (vps === undefined || sps === undefined || pps === undefined) return [];
  return [`sprop-vps=${base64(vps)}; sprop-sps=${base64(sps)}; sprop-pps=${base64(pps)}`];
}

function base64(unit: Uint8Array): string {
  return Buffer.from(unit).toString('base64');
}
