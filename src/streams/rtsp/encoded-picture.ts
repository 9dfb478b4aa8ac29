import type { RtpExtension } from './rtp-packet.ts';
import type { DecodedCodec } from './sdp.ts';

/** One coded picture as it came from the camera. */
export interface EncodedPicture {
  readonly codec: DecodedCodec;
  /** Annex B byte stream (H.264, H.265) or a whole JPEG file. */
  readonly data: Buffer;
  /** Decoding can start here; parameter sets are in `data`. */
  readonly key: boolean;
  /** A part of it is missing for certain. */
  readonly damaged: boolean;
  /** Media time in ticks of `clockRate`, unwrapped: it grows past 32 bits. */
  readonly timestamp: number;
  readonly clockRate: number;
  /** Wall time when its last packet arrived, milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
  /** The same on the monotonic clock, milliseconds. */
  readonly arrivedMonotonic: number;
}

/** What a depacketiser hands out: the coded bytes of one picture. */
export interface CodedUnit {
  readonly data: Buffer;
  readonly key: boolean;
  readonly damaged: boolean;
  /** Parameter sets came with it. */
  readonly hasParameterSets: boolean;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
}

/** Puts the payloads of RTP packets, in order, together to coded pictures. */
export interface Depacketizer {
  /**
   * @param lost whether packets are missing just before this one, by their numbers
   * @returns the pictures that this packet completes, usually none or one
   */
  push(
    payload: Buffer,
    timestamp: number,
    marker: boolean,
    lost: boolean,
    extension?: RtpExtension | null,
  ): CodedUnit[];
}
