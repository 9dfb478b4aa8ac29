import type { CodedUnit, Depacketizer } from './encoded-picture.ts';

const startCode = Buffer.from([0, 0, 0, 1]);
/** A coded picture beyond this is a fault of the stream, not a picture. */
const maxUnit = 16 * 1024 * 1024;

/** How H.264 and H.265 differ on the wire. */
interface Dialect {
  readonly headerSize: number;
  readonly type: (nal: Buffer) => number;
  readonly aggregate: number;
  readonly fragment: number;
  /** The NAL header that a fragment's first packet stands for. */
  readonly fragmentHeader: (payload: Buffer) => Buffer;
  readonly isSlice: (type: number) => boolean;
  readonly isKey: (type: number) => boolean;
  readonly isSequenceSet: (type: number) => boolean;
  readonly firstOfPicture: (nal: Buffer) => boolean;
}

/** RFC 6184, packetization modes 0 and 1. */
const h264: Dialect = {
  headerSize: 1,
  type: (nal) => (nal[0] ?? 0) & 0x1f,
  aggregate: 24,
  fragment: 28,
  fragmentHeader: (p) => Buffer.from([((p[0] ?? 0) & 0xe0) | ((p[1] ?? 0) & 0x1f)]),
  isSlice: (type) => type >= 1 && type <= 5,
  // A parameter set counts too: cameras with gradual refresh never send an IDR picture.
  isKey: (type) => type === 5 || type === 7,
  isSequenceSet: (type) => type === 7,
  firstOfPicture: (nal) => ((nal[1] ?? 0) & 0x80) !== 0,
};

/** RFC 7798, without decoding order numbers. */
const h265: Dialect = {
  headerSize: 2,
  type: (nal) => ((nal[0] ?? 0) >> 1) & 0x3f,
  aggregate: 48,
  fragment: 49,
  fragmentHeader: (p) =>
    Buffer.from([((p[0] ?? 0) & 0x81) | (((p[2] ?? 0) & 0x3f) << 1), p[1] ?? 0]),
  isSlice: (type) => type <= 31,
  isKey: (type) => (type >= 16 && type <= 21) || type === 33,
  isSequenceSet: (type) => type === 33,
  firstOfPicture: (nal) => ((nal[2] ?? 0) & 0x80) !== 0,
};

/**
 * Depacketises H.264 or H.265 to Annex B. A picture goes out with its marker
 * bit, at once, instead of with the first packet of the next picture: that
 * saves a frame interval of latency. Cameras whose marker bit lies are noticed
 * and then waited for.
 */
export class H26xDepacketizer implements Depacketizer {
  readonly #dialect: Dialect;
  #parts: Buffer[] = [];
  #size = 0;
  #hasSlice = false;
  #key = false;
  #hasParameterSets = false;
  #damaged = false;
  #timestamp = -1;
  #fragment: Buffer[] | null = null;
  #trustMarker = true;
  #lastOut = -1;

  constructor(codec: 'h264' | 'hevc') {
    this.#dialect = codec === 'h264' ? h264 : h265;
  }

  push(payload: Buffer, timestamp: number, marker: boolean, lost: boolean): CodedUnit[] {
    const out: CodedUnit[] = [];
    if (lost) this.#endFragment(true);
    if (timestamp !== this.#timestamp) {
      this.#endFragment(true);
      this.#damaged ||= lost;
      this.#flush(out);
      this.#timestamp = timestamp;
    }
    this.#damaged ||= lost;
    this.#take(payload);
    if (marker && this.#trustMarker) {
      this.#endFragment(true);
      this.#flush(out);
    }
    return out;
  }

  #take(payload: Buffer): void {
    const dialect = this.#dialect;
    if (payload.length <= dialect.headerSize) return;
    const type = dialect.type(payload);
    if (type === dialect.fragment) this.#takeFragment(payload);
    else if (type === dialect.aggregate) this.#takeAggregate(payload.subarray(dialect.headerSize));
    else this.#add(payload);
  }

  #takeAggregate(rest: Buffer): void {
    let at = 0;
    while (at + 2 < rest.length) {
      const size = rest.readUInt16BE(at);
      if (size === 0 || at + 2 + size > rest.length) {
        this.#damaged = true;
        return;
      }
      this.#add(rest.subarray(at + 2, at + 2 + size));
      at += 2 + size;
    }
  }

  #takeFragment(payload: Buffer): void {
    const { headerSize, fragmentHeader } = this.#dialect;
    const flags = payload[headerSize] ?? 0;
    const body = payload.subarray(headerSize + 1);
    if ((flags & 0x80) !== 0) {
      this.#endFragment(true);
      this.#fragment = [fragmentHeader(payload), Buffer.from(body)];
    } else if (this.#fragment === null) {
      this.#damaged = true;
      return;
    } else this.#fragment.push(Buffer.from(body));
    if ((flags & 0x40) !== 0) this.#endFragment(false);
  }

  /** A fragment that is cut off still goes to the decoder, which conceals what is missing. */
  #endFragment(cut: boolean): void {
    if (this.#fragment === null) return;
    const nal = Buffer.concat(this.#fragment);
    this.#fragment = null;
    if (cut) this.#damaged = true;
    this.#add(nal);
  }

  #add(nal: Buffer): void {
    const dialect = this.#dialect;
    const type = dialect.type(nal);
    const slice = dialect.isSlice(type);
    if (
      slice &&
      !this.#hasSlice &&
      this.#timestamp === this.#lastOut &&
      !dialect.firstOfPicture(nal)
    ) {
      this.#trustMarker = false;
    }
    if (this.#size + nal.length > maxUnit) {
      this.#damaged = true;
      return;
    }
    // The payload is a view of the socket's bytes; the picture outlives them.
    this.#parts.push(startCode, Buffer.from(nal));
    this.#size += nal.length + startCode.length;
    this.#hasSlice ||= slice;
    this.#key ||= dialect.isKey(type);
    this.#hasParameterSets ||= dialect.isSequenceSet(type);
  }

  /** Parameter sets alone make no picture: they wait for one. */
  #flush(out: CodedUnit[]): void {
    if (!this.#hasSlice) return;
    out.push({
      data: Buffer.concat(this.#parts),
      key: this.#key,
      damaged: this.#damaged,
      hasParameterSets: this.#hasParameterSets,
      timestamp: this.#timestamp,
    });
    this.#lastOut = this.#timestamp;
    this.#parts = [];
    this.#size = 0;
    this.#hasSlice = false;
    this.#key = false;
    this.#hasParameterSets = false;
    this.#damaged = false;
  }
}
