import type { StreamNoteKind } from '../../domain/stream-notes.ts';
import type { CodedUnit, Depacketizer } from './encoded-picture.ts';
import { h264, h265, type NalDialect, splitAtStartCodes } from './nal-dialect.ts';

const startCode = Buffer.from([0, 0, 0, 1]);
/** A coded picture beyond this is a fault of the stream, not a picture. */
const maxBytes = 16 * 1024 * 1024;
/** Each part costs its own memory, however small it is. */
const maxParts = 32_768;
/** Markers in the middle of a fragment that proved to be its end, after which they all are. */
const learnedEnds = 2;
/** First slices in one picture, after which its time stamps are known to part nothing; fields have two. */
const tooManyFirsts = 3;

export interface H26xOptions {
  /** A gap in the numbers is a hole in the data (UDP); over TCP it is a doubt. */
  readonly gapsAreHoles?: boolean;
  /** Units carry decoding order numbers (RFC 7798, `sprop-max-don-diff` above 0). */
  readonly orderNumbers?: boolean;
  readonly note?: (kind: StreamNoteKind) => void;
}

/**
 * Depacketises H.264 or H.265 to Annex B. A picture goes out with its marker
 * bit, at once, instead of with the first packet of the next picture: that
 * saves a frame interval of latency. Where markers, fragments or time stamps
 * contradict what the coded data says, the data is believed and the
 * contradiction counted; nothing is left out but what has no beginning.
 */
export class H26xDepacketizer implements Depacketizer {
  readonly #dialect: NalDialect;
  readonly #options: H26xOptions;
  readonly #orderBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #hasSlice = false;
  #firsts = 0;
  #key = false;
  #hasParameterSets = false;
  #damaged = false;
  #overflowed = false;
  #timestamp = -1;
  #fragment: Buffer[] | null = null;
  #fragmentType = -1;
  #trustMarker = true;
  #splitByFirst = false;
  /** A marker came while a fragment was open: the next packet says what it meant. */
  #doubtfulEnd = false;
  #endsWithout = 0;
  #lastOut = -1;

  constructor(codec: 'h264' | 'hevc', options: H26xOptions = {}) {
    this.#dialect = codec === 'h264' ? h264 : h265;
    this.#options = options;
    this.#orderBytes = options.orderNumbers === true && codec === 'hevc' ? 2 : 0;
  }

  push(payload: Buffer, timestamp: number, marker: boolean, lost: boolean): CodedUnit[] {
    const out: CodedUnit[] = [];
    const hole = lost && this.#options.gapsAreHoles === true;
    if (hole) {
      this.#endFragment(out, 'cut');
      this.#damaged = true;
    }
    if (this.#doubtfulEnd) this.#settleDoubt(payload, timestamp, out);
    if (timestamp !== this.#timestamp) {
      if (this.#goesOn(payload, lost)) this.#note('timestamp');
      else {
        this.#endFragment(out);
        this.#flush(out);
        this.#timestamp = timestamp;
      }
    }
    this.#damaged ||= hole;
    this.#take(payload, hole, out);
    if (marker && this.#trustMarker) this.#atMarker(out);
    return out;
  }

  #atMarker(out: CodedUnit[]): void {
    if (this.#fragment !== null && this.#endsWithout < learnedEnds) {
      this.#doubtfulEnd = true;
      return;
    }
    this.#endFragment(out);
    this.#flush(out);
  }

  /** Whether the marker in an open fragment was its end, or stood where none belongs. */
  #settleDoubt(payload: Buffer, timestamp: number, out: CodedUnit[]): void {
    this.#doubtfulEnd = false;
    if (timestamp === this.#timestamp && this.#continuesFragment(payload)) {
      this.#note('marker');
      return;
    }
    this.#endsWithout += 1;
    this.#endFragment(out);
    this.#flush(out);
  }

  #continuesFragment(payload: Buffer): boolean {
    const { headerSize, fragment, type } = this.#dialect;
    const flags = payload[headerSize] ?? 0;
    return (
      this.#fragment !== null &&
      type(payload) === fragment &&
      (flags & 0x80) === 0 &&
      (flags & 0x3f) === this.#fragmentType
    );
  }

  /** Whether a packet with a new time stamp goes on with the picture, by what is coded in it. */
  #goesOn(payload: Buffer, lost: boolean): boolean {
    if (lost || this.#orderBytes > 0) return false;
    if (this.#continuesFragment(payload)) return true;
    if (!this.#hasSlice) return false;
    const { fragment, fragmentHeader, headerSize, isSlice, firstOfPicture, type } = this.#dialect;
    if (type(payload) !== fragment) {
      return isSlice(type(payload)) && !firstOfPicture(payload);
    }
    if (((payload[headerSize] ?? 0) & 0x80) === 0) return false;
    const start = Buffer.concat([
      fragmentHeader(payload),
      payload.subarray(headerSize + 1, headerSize + 3),
    ]);
    return isSlice(type(start)) && !firstOfPicture(start);
  }

  #take(payload: Buffer, hole: boolean, out: CodedUnit[]): void {
    const dialect = this.#dialect;
    if (payload.length <= dialect.headerSize) return;
    const type = dialect.type(payload);
    const aggregate = dialect.aggregates.get(type);
    if (type === dialect.fragment) this.#takeFragment(payload, hole, out);
    else if (type === dialect.numberedFragment) {
      const start = [payload.subarray(0, 2), payload.subarray(4)];
      this.#takeFragment(Buffer.concat(start), hole, out);
    } else if (aggregate !== undefined) {
      this.#endFragment(out);
      this.#takeAggregate(payload.subarray(aggregate + this.#orderBytes), out);
    } else {
      this.#endFragment(out);
      if (this.#orderBytes === 0) this.#add(payload, out);
      else this.#add(Buffer.concat([payload.subarray(0, 2), payload.subarray(4)]), out);
    }
  }

  #takeAggregate(rest: Buffer, out: CodedUnit[]): void {
    // Between units of an H.265 aggregate with order numbers one byte tells the difference.
    const between = this.#orderBytes > 0 ? 1 : 0;
    let at = 0;
    while (at + 2 < rest.length) {
      const size = rest.readUInt16BE(at);
      const end = Math.min(at + 2 + size, rest.length);
      if (at + 2 + size > rest.length) {
        this.#note('fragment');
        this.#damaged = true;
      }
      if (size > 0) this.#add(rest.subarray(at + 2, end), out);
      at = end + between;
    }
  }

  #takeFragment(payload: Buffer, hole: boolean, out: CodedUnit[]): void {
    const { headerSize, fragmentHeader } = this.#dialect;
    const flags = payload[headerSize] ?? 0;
    const starts = (flags & 0x80) !== 0;
    const ends = (flags & 0x40) !== 0;
    const body = payload.subarray(headerSize + 1 + (starts ? this.#orderBytes : 0));
    if (starts) {
      this.#endFragment(out);
      this.#fragment = [fragmentHeader(payload), Buffer.from(body)];
      this.#fragmentType = flags & 0x3f;
    } else if (this.#fragment !== null) this.#fragment.push(Buffer.from(body));
    else if (hole || this.#damaged) {
      this.#damaged = true;
      return;
    } else if (this.#fragmentType === (flags & 0x3f) && this.#parts.length > 0) {
      // The end was marked too early: what follows belongs to the last unit.
      this.#note('fragment');
      this.#parts.push(Buffer.from(body));
    } else {
      this.#note('fragment');
      this.#fragment = [fragmentHeader(payload), Buffer.from(body)];
      this.#fragmentType = flags & 0x3f;
    }
    this.#size += body.length;
    if (this.#isTooLarge(this.#fragment?.length ?? 0)) return;
    if (ends) this.#endFragment(out, 'marked');
  }

  #isTooLarge(more: number): boolean {
    if (this.#size <= maxBytes && this.#parts.length + more <= maxParts) return false;
    if (!this.#overflowed) this.#note('oversize');
    this.#clear();
    this.#overflowed = true;
    this.#damaged = true;
    return true;
  }

  /** A fragment that is cut off still goes to the decoder, which says what is missing. */
  #endFragment(out: CodedUnit[], how: 'marked' | 'unmarked' | 'cut' = 'unmarked'): void {
    if (this.#fragment === null) return;
    const nal = Buffer.concat(this.#fragment);
    this.#fragment = null;
    if (how === 'cut') this.#damaged = true;
    else if (how === 'unmarked') this.#note('fragment');
    this.#size -= nal.length;
    const type = this.#fragmentType;
    this.#add(nal, out);
    this.#fragmentType = how === 'marked' ? type : -1;
  }

  #add(data: Buffer, out: CodedUnit[]): void {
    const units = splitAtStartCodes(data);
    if (units.length > 1) this.#note('several_units');
    this.#fragmentType = -1;
    for (const unit of units) this.#addUnit(unit, out);
  }

  #addUnit(nal: Buffer, out: CodedUnit[]): void {
    const dialect = this.#dialect;
    if (nal.length <= dialect.headerSize) return;
    const type = dialect.type(nal);
    const slice = dialect.isSlice(type);
    const first = slice && dialect.firstOfPicture(nal);
    if (first && this.#firsts >= tooManyFirsts - 1 && !this.#splitByFirst) {
      this.#note('timestamp');
      this.#splitByFirst = true;
    }
    if (this.#splitByFirst && this.#hasSlice && (first || !slice)) this.#flush(out);
    if (slice && !this.#hasSlice && this.#timestamp === this.#lastOut && !first) {
      if (this.#trustMarker) this.#note('marker');
      this.#trustMarker = false;
    }
    this.#firsts += first ? 1 : 0;
    this.#size += nal.length + startCode.length;
    if (this.#isTooLarge(2)) return;
    // The payload is a view of the socket's bytes; the picture outlives them.
    this.#parts.push(startCode, Buffer.from(nal));
    this.#hasSlice ||= slice;
    this.#key ||= dialect.isKey(type) || dialect.recovers(nal);
    this.#hasParameterSets ||= dialect.isSequenceSet(type);
  }

  /** Parameter sets alone make no picture: they wait for one. */
  #flush(out: CodedUnit[]): void {
    this.#overflowed = false;
    if (!this.#hasSlice) return;
    out.push({
      data: Buffer.concat(this.#parts),
      key: this.#key,
      damaged: this.#damaged,
      hasParameterSets: this.#hasParameterSets,
      timestamp: this.#timestamp,
    });
    this.#lastOut = this.#timestamp;
    this.#clear();
    this.#damaged = false;
  }

  #clear(): void {
    this.#parts = [];
    this.#fragment = null;
    this.#fragmentType = -1;
    this.#size = 0;
    this.#firsts = 0;
    this.#hasSlice = false;
    this.#key = false;
    this.#hasParameterSets = false;
  }

  #note(kind: StreamNoteKind): void {
    this.#options.note?.(kind);
  }
}
