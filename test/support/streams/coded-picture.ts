import type { EncodedPicture } from '../../../src/streams/rtsp/encoded-picture.ts';

/** A picture of 100 bytes that cannot be decoded, of this time in milliseconds. */
export function codedPicture(at: number, changes: Partial<EncodedPicture> = {}): EncodedPicture {
  return {
    codec: 'h264',
    data: Buffer.alloc(100, 1),
    key: false,
    damaged: false,
    timestamp: at,
    clockRate: 1_000,
    arrivedAt: at,
    arrivedMonotonic: at,
    ...changes,
  };
}
