import type { AccessUnit, VideoCodec } from '../media/encoded-source.ts';
import { mulberry32, type Random } from '../media/random.ts';
import { splitNalUnits } from './annex-b.ts';
import { packetize, packetizeData } from './packetizer.ts';

/** What goes wrong with a camera's media, decided by a seeded generator. */
export class FaultMode {
  readonly #random: Random;
  #losePackets = 0;
  #loseRate = 0;
  #garbageRate = 0;
  #truncateRate = 0;
  #erraticMs = 0;
  #clockOffsetMs = 0;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  drop(options: { packets: number } | { rate: number }): void {
    if ('packets' in options) this.#losePackets = options.packets;
    else this.#loseRate = options.rate;
  }

  garbage(rate: number): void {
    this.#garbageRate = rate;
  }

  truncate(rate: number): void {
    this.#truncateRate = rate;
  }

  wrongClock(options: { jumpMs: number } | { erraticMs: number }): void {
    if ('jumpMs' in options) this.#clockOffsetMs += options.jumpMs;
    else this.#erraticMs = options.erraticMs;
  }

  /** Ends everything; a jumped clock stays where it jumped. */
  reset(): void {
    this.#losePackets = 0;
    this.#loseRate = 0;
    this.#garbageRate = 0;
    this.#truncateRate = 0;
    this.#erraticMs = 0;
  }

  /** Whether the next packet gets lost. */
  loses(): boolean {
    if (this.#losePackets > 0) {
      this.#losePackets -= 1;
      return true;
    }
    return this.#happens(this.#loseRate);
  }

  /** Milliseconds that the camera's clock is wrong by. */
  clockError(): number {
    const erratic = this.#erraticMs === 0 ? 0 : (this.#random() * 2 - 1) * this.#erraticMs;
    return this.#clockOffsetMs + erratic;
  }

  /** RTP payloads of a unit, spoilt as ordered. */
  payloads(codec: VideoCodec, unit: AccessUnit): readonly Uint8Array[] {
    const payloads = this.#happens(this.#truncateRate)
      ? packetizeData(codec, this.#cut(codec, unit.data))
      : packetize(codec, unit);
    if (this.#garbageRate === 0) return payloads;
    return payloads.map((payload) =>
      this.#happens(this.#garbageRate) ? payload.map(() => this.#random() * 256) : payload,
    );
  }

  #cut(codec: VideoCodec, data: Uint8Array): Uint8Array {
    const keep = 0.1 + 0.6 * this.#random();
    if (codec === 'mjpeg') {
      // Cut into the picture's data, not into its head: without a head nothing can be sent.
      const scan = Buffer.from(data.buffer, data.byteOffset, data.length).indexOf('ffda', 0, 'hex');
      const head = scan + 14;
      return data.subarray(0, head + Math.floor((data.length - head) * keep));
    }
    const slice = splitNalUnits(data).at(-1);
    if (slice === undefined) return data;
    const start = slice.byteOffset - data.byteOffset;
    return data.subarray(0, start + Math.max(4, Math.floor(slice.length * keep)));
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }
}
