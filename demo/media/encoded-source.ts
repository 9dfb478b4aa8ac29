/** Codecs that a virtual camera can send. */
export type VideoCodec = 'h264' | 'h265' | 'mjpeg';

/** One coded picture. */
export interface AccessUnit {
  /** H.264 and H.265: NAL units with start codes (Annex B). MJPEG: one JPEG file. */
  readonly data: Uint8Array;
  /** True when decoding can start here; parameter sets are in `data`. */
  readonly key: boolean;
  /** Presentation time from the start of the loop, milliseconds. */
  readonly time: number;
  /** When the unit is sent, from the start of the loop, milliseconds; never decreases. */
  readonly decodeTime: number;
}

/**
 * Footage that is played endlessly: coded pictures in decode order, held in
 * memory, so that any number of cameras and clients share it at no cost.
 */
export interface EncodedSource {
  readonly codec: VideoCodec;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly framesPerSecond: number;
  /** At least one; the first is a key unit. */
  readonly units: readonly AccessUnit[];
  /** Length of the loop, milliseconds: the next round's first unit follows after it. */
  readonly duration: number;
}

/**
 * Checks what the player relies on.
 * @throws RangeError on an empty loop, one that does not start with a key unit, or bad times
 */
export function assertEncodedSource(source: EncodedSource): void {
  const [first] = source.units;
  if (first === undefined || !first.key) {
    throw new RangeError('Cannot play footage: it does not start with a key picture');
  }
  let last = 0;
  for (const unit of source.units) {
    if (unit.decodeTime < last) {
      throw new RangeError('Cannot play footage: its decode times run backwards');
    }
    last = unit.decodeTime;
  }
  if (!(source.duration > last)) {
    throw new RangeError('Cannot play footage: the loop is not longer than its last time');
  }
}
