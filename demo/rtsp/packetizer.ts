import type { AccessUnit, VideoCodec } from '../media/encoded-source.ts';
import { packetizeH264, packetizeH265 } from './rtp-h26x.ts';
import { packetizeJpeg } from './rtp-jpeg.ts';

/** Payload bytes a packet: fits an Ethernet frame with IP, UDP and RTP headers. */
export const maxPayloadBytes = 1400;

/** RTP payload type of a codec: JPEG's is fixed by RFC 3551, the others are dynamic. */
export const payloadTypes: Readonly<Record<VideoCodec, number>> = { h264: 96, h265: 97, mjpeg: 26 };

const cache = new WeakMap<AccessUnit, readonly Uint8Array[]>();

/**
 * RTP payloads of an access unit; the last one carries the marker bit. Kept
 * with the unit, so that a loop is cut into packets only in its first round.
 */
export function packetize(codec: VideoCodec, unit: AccessUnit): readonly Uint8Array[] {
  let payloads = cache.get(unit);
  if (payloads === undefined) {
    payloads = packetizeData(codec, unit.data);
    cache.set(unit, payloads);
  }
  return payloads;
}

/** As {@link packetize}, not kept. */
export function packetizeData(codec: VideoCodec, data: Uint8Array): readonly Uint8Array[] {
  if (codec === 'h264') return packetizeH264(data, maxPayloadBytes);
  if (codec === 'h265') return packetizeH265(data, maxPayloadBytes);
  return packetizeJpeg(data, maxPayloadBytes);
}
