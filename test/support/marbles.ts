import assert from 'node:assert/strict';
import { map, type Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Clock } from '../../src/domain/clock.ts';
import { Frame } from '../../src/domain/frame/frame.ts';
import { type DropReason, FrameLedger } from '../../src/domain/frame/ledger.ts';
import { FakePicture } from './marbles-picture.ts';

/** Wall time at virtual time 0, milliseconds. */
export const wallEpoch = 1_700_000_000_000;

/** A cold or hot source of letters, whose subscriptions are logged. */
export type MarbleSource = ReturnType<RunHelpers['cold']>;

/** What a marble test has to hand: rxjs's helpers, and ours in the same virtual time. */
export interface MarbleWorld extends RunHelpers {
  readonly clock: Clock;
  readonly ledger: FrameLedger;
  /** Milliseconds of virtual time. */
  now(): number;
  /** A promise in all that `from` needs, kept in virtual time after `ms`. */
  later<T>(ms: number, value: T): Promise<T>;
  /** The same, broken. */
  failing<T = never>(ms: number, error: unknown): Promise<T>;
  /** Calls back after `ms` of virtual time. */
  at(ms: number, callback: () => void): void;
  /** A frame of the camera `cam`, captured now; 64 x 48 unless told. Its picture answers after `readMs`. */
  frame(options?: FrameOptions): Frame;
  /** The letters of `source` as frames, made when they are emitted; named by `nameOf`. */
  frames(source: Observable<string>, options?: FrameOptions): Observable<Frame>;
  /** The letter that a frame came from. */
  nameOf(frame: Frame | null): string;
  /** Drops so far by reason. */
  drops(): Partial<Record<DropReason, number>>;
}

export interface FrameOptions {
  readonly cameraId?: string;
  /** How long each read of the picture takes; default 0 (settled when asked). */
  readonly readMs?: number;
  readonly width?: number;
  readonly height?: number;
  readonly mediaTime?: number;
  readonly capturedMonotonic?: number;
  readonly readError?: Error;
  readonly grey?: number;
}

/**
 * Runs a marble test, one character a millisecond, then checks that every
 * frame was released, and none while it was being read.
 */
export function runMarbles(test: (world: MarbleWorld) => void): void {
  const scheduler = new TestScheduler((actual, expected) => {
    assert.deepEqual(actual, expected);
  });
  const ledger = new FrameLedger();
  const faults: string[] = [];
  const names = new WeakMap<Frame, string>();
  let sequence = 0;

  scheduler.run((helpers) => {
    const now = (): number => scheduler.now();
    const clock: Clock = {
      now: () => wallEpoch + now(),
      monotonic: now,
      after(ms, callback) {
        const action = scheduler.schedule(callback, ms);
        return () => action.unsubscribe();
      },
    };
    const settleLater = <T>(ms: number, settle: (deed: Deed<T>) => void): Promise<T> => {
      const deed = new Deed<T>();
      if (ms <= 0) settle(deed);
      else scheduler.schedule(() => settle(deed), ms);
      return deed as unknown as Promise<T>;
    };
    const later = <T>(ms: number, value: T): Promise<T> =>
      settleLater<T>(ms, (deed) => deed.keep(value));
    const failing = <T>(ms: number, error: unknown): Promise<T> =>
      settleLater<T>(ms, (deed) => deed.break(error));
    const frame = (options: FrameOptions = {}): Frame => {
      const { readMs = 0, width = 64, height = 48, readError } = options;
      const answer = <T>(value: T, done: () => void): Promise<T> =>
        settleLater<T>(readMs, (deed) => {
          done();
          if (readError) deed.break(readError);
          else deed.keep(value);
        });
      const picture = new FakePicture({
        width,
        height,
        answer,
        grey: options.grey,
        onFault: (fault) => faults.push(fault),
      });
      return Frame.create({
        cameraId: options.cameraId ?? 'cam',
        sequence: sequence++,
        mediaTime: options.mediaTime ?? now(),
        capturedAt: clock.now(),
        capturedMonotonic: options.capturedMonotonic ?? now(),
        picture,
        ledger,
      });
    };
    test({
      ...helpers,
      clock,
      ledger,
      now,
      later,
      failing,
      at: (ms, callback) => void scheduler.schedule(callback, ms - now()),
      frame,
      frames: (source, options) =>
        source.pipe(
          map((name) => {
            const made = frame(options);
            names.set(made, name);
            return made;
          }),
        ),
      nameOf: (of) => (of && names.get(of)) ?? '?',
      drops() {
        const counts: Partial<Record<DropReason, number>> = {};
        for (const { reason, count } of ledger.drops()) {
          counts[reason] = (counts[reason] ?? 0) + count;
        }
        return counts;
      },
    });
  });
  assert.equal(ledger.live, 0, 'every frame is released');
  assert.deepEqual(faults, [], 'no frame is released while it is read');
}

/** A promise without microtasks: handlers run when it settles, or at once if it has. */
class Deed<T> {
  #settled: { readonly value: T } | { readonly error: unknown } | undefined;
  readonly #handlers: (() => void)[] = [];

  keep(value: T): void {
    this.#settle({ value });
  }

  break(error: unknown): void {
    this.#settle({ error });
  }

  // biome-ignore lint/suspicious/noThenProperty: standing in for a promise is its purpose
  then(
    kept?: ((value: T) => unknown) | null,
    broken?: ((error: unknown) => unknown) | null,
  ): Deed<T> {
    const run = (): void => {
      const settled = this.#settled;
      if (!settled) return;
      if ('error' in settled) broken?.(settled.error);
      else kept?.(settled.value);
    };
    if (this.#settled) run();
    else this.#handlers.push(run);
    // Nothing is chained in virtual time: what a handler throws comes up in the test itself.
    return new Deed<T>();
  }

  #settle(settled: { readonly value: T } | { readonly error: unknown }): void {
    this.#settled = settled;
    for (const handler of this.#handlers.splice(0)) handler();
  }
}
