/** Why a frame went no further. A closed set: it is a metric's label. */
export const dropReasons = [
  'busy',
  'stale',
  'rate',
  'decode_error',
  'failed',
  'schedule',
  'resting',
  'shutdown',
] as const;
/** Drops by choice: nothing is wrong. */
export const chosenDrops: readonly string[] = ['rate', 'schedule', 'resting'];
export type DropReason = (typeof dropReasons)[number];

/**
 * Counts frames: alive now, made and dropped since the start. One ledger a
 * process; tests make their own and assert that `live` returns to its base.
 */
export class FrameLedger {
  #live = 0;
  readonly #made = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  #onLeak: ((cameraId: string) => void) | undefined;
  readonly #registry = new FinalizationRegistry<string>((cameraId) => this.#onLeak?.(cameraId));

  /** Frames created and not yet disposed. */
  get live(): number {
    return this.#live;
  }

  /** Frames created since the start, by camera. */
  made(): ReadonlyMap<string, number> {
    return this.#made;
  }

  /** Called when a frame was garbage-collected without having been disposed. */
  onLeak(callback: (cameraId: string) => void): void {
    this.#onLeak = callback;
  }

  /** Counts a new frame. @internal used by Frame */
  opened(frame: object, cameraId: string): void {
    this.#live += 1;
    this.#made.set(cameraId, (this.#made.get(cameraId) ?? 0) + 1);
    this.#registry.register(frame, cameraId, frame);
  }

  /** Counts a disposed frame. @internal used by Frame */
  closed(frame: object): void {
    this.#live -= 1;
    this.#registry.unregister(frame);
  }

  /** Counts a drop; also for frames that never came to be (`decode_error`). */
  drop(cameraId: string, reason: DropReason): void {
    const key = `${reason} ${cameraId}`;
    this.#dropped.set(key, (this.#dropped.get(key) ?? 0) + 1);
  }

  /** Forgets the counts of a camera that is gone; frames of it that are alive still count as such. */
  forget(cameraId: string): void {
    this.#made.delete(cameraId);
    for (const key of this.#dropped.keys()) {
      if (key.endsWith(` ${cameraId}`)) this.#dropped.delete(key);
    }
  }

  /** Drops since the start, by camera and reason. */
  drops(): { cameraId: string; reason: DropReason; count: number }[] {
    return [...this.#dropped].map(([key, count]) => {
      const space = key.indexOf(' ');
      return {
        reason: key.slice(0, space) as DropReason,
        cameraId: key.slice(space + 1),
        count,
      };
    });
  }
}
