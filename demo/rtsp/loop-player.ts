import type { Clock } from '../../src/domain/clock.ts';
import {
  type AccessUnit,
  assertEncodedSource,
  type EncodedSource,
} from '../media/encoded-source.ts';

/** A unit when its time has come. */
export interface PlayedUnit {
  readonly unit: AccessUnit;
  /** Presentation time on a time line that goes on over rounds and sources, milliseconds. */
  readonly mediaTime: number;
  /** Wall time that belongs to `mediaTime`, milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

/** Beyond this lag (a suspended machine, say) the missed units are skipped, milliseconds. */
const maxLagMs = 2000;

/**
 * Plays a loop at its own pace, endlessly. Each `start()` begins at the head
 * of the loop, which is a key unit; media time never runs backwards.
 */
export class LoopPlayer {
  readonly #clock: Clock;
  readonly #onUnit: (played: PlayedUnit) => void;
  readonly #origin: number;
  #source: EncodedSource;
  #index = 0;
  /** Media time of this round's start. */
  #roundStart = 0;
  #cancel: (() => void) | undefined;

  constructor(source: EncodedSource, clock: Clock, onUnit: (played: PlayedUnit) => void) {
    assertEncodedSource(source);
    this.#source = source;
    this.#clock = clock;
    this.#onUnit = onUnit;
    this.#origin = clock.monotonic();
  }

  get source(): EncodedSource {
    return this.#source;
  }

  /** Plays from the head of the loop. Does nothing while playing. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#rewind();
    this.#schedule();
  }

  /** Stops until the next `start()`. Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Goes on at once with the head of another loop. */
  change(source: EncodedSource): void {
    assertEncodedSource(source);
    const playing = this.#cancel !== undefined;
    this.stop();
    this.#source = source;
    if (playing) this.start();
  }

  /** Media time of the next key unit, milliseconds. */
  nextKeyTime(): number {
    const { units, duration } = this.#source;
    for (let step = 0; step < units.length; step += 1) {
      const at = this.#index + step;
      const unit = units[at % units.length];
      if (unit?.key) return this.#roundStart + Math.floor(at / units.length) * duration + unit.time;
    }
    return this.#roundStart;
  }

  #rewind(): void {
    this.#index = 0;
    this.#roundStart = this.#clock.monotonic() - this.#origin;
  }

  #schedule(): void {
    const unit = this.#source.units[this.#index];
    if (unit === undefined) return;
    const due = this.#roundStart + unit.decodeTime;
    const wait = Math.max(0, due - (this.#clock.monotonic() - this.#origin));
    this.#cancel = this.#clock.after(wait, () => this.#play());
  }

  #play(): void {
    // A timer that is cancelled in a callback below must not be armed again.
    let cancelled = false;
    this.#cancel = () => {
      cancelled = true;
    };
    for (;;) {
      const unit = this.#source.units[this.#index];
      if (unit === undefined) return;
      const now = this.#clock.monotonic() - this.#origin;
      const lag = now - (this.#roundStart + unit.decodeTime);
      // Timers may fire a fraction of a millisecond early.
      if (lag < -1) break;
      if (lag > maxLagMs) this.#roundStart += lag;
      this.#onUnit({
        unit,
        mediaTime: this.#roundStart + unit.time,
        wallTime: this.#clock.now() - now + this.#roundStart + unit.time,
      });
      if (cancelled) return;
      this.#index += 1;
      if (this.#index === this.#source.units.length) {
        this.#index = 0;
        this.#roundStart += this.#source.duration;
      }
    }
    this.#schedule();
  }
}
