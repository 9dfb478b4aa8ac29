import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { Packet, Stream } from 'node-av/lib';

/** Pictures a second of a file that does not say how many it has. */
const usualRate = 25;

/** When coded pictures come, in ticks of their stream; those without a time follow one another. */
export class PacketTimes {
  /** From one picture to the next, ticks. */
  readonly interval: number;
  readonly #ticksPerSecond: number;
  readonly #first: number;
  #last: number | null = null;

  /** @param first time of the first picture, seconds of the file's own clock; null: pictures have none */
  constructor(stream: Stream, first: number | null) {
    const { num, den } = stream.timeBase;
    this.#ticksPerSecond = den / num;
    const rate = stream.avgFrameRate;
    const perSecond = rate.num > 0 && rate.den > 0 ? rate.num / rate.den : usualRate;
    this.interval = this.#ticksPerSecond / perSecond;
    this.#first = Math.round((first ?? 0) * this.#ticksPerSecond);
  }

  /** @param second from the first picture on */
  ticksAt(second: number): number {
    return this.#first + Math.round(second * this.#ticksPerSecond);
  }

  /** The reverse of `ticksAt`. */
  secondOf(ticks: number): number {
    return (ticks - this.#first) / this.#ticksPerSecond;
  }

  /** When a picture is shown, or is decoded at least; null where it does not say. */
  knownOf({ pts, dts }: Packet): number | null {
    if (pts !== AV_NOPTS_VALUE) return Number(pts);
    return dts === AV_NOPTS_VALUE ? null : Number(dts);
  }

  /** When the next picture is decoded. Each one in its turn. */
  of({ pts, dts }: Packet): number {
    const following = this.#last === null ? this.#first : this.#last + this.interval;
    if (dts !== AV_NOPTS_VALUE) this.#last = Number(dts);
    else this.#last = this.#last === null && pts !== AV_NOPTS_VALUE ? Number(pts) : following;
    return this.#last;
  }
}
