import type { Clock } from './clock.ts';

/** How many parts of a picture may be looked at closer; disposed of when that is done. */
export interface PartGrant extends Disposable {
  readonly count: number;
}

interface Camera {
  inUse: number;
  askedAt: number;
}

/** A camera that asked within this time takes its share, milliseconds. */
const activeFor = 1_000;
/** Grants that are held longer mean that the detector is behind, milliseconds. */
const quick = 120;
/** Weight of the latest grant in the mean time that grants are held. */
const weight = 0.1;

/**
 * Shares closer looks among cameras: of all that may be under way at once each camera that wants
 * some has the same part. Fewer are granted while the detector falls behind.
 */
export class PartShare {
  readonly #total: number;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #cameras = new Map<string, Camera>();
  #held = 0;

  /** @param total parts under way at once, at most */
  constructor({ total, clock }: { total: number; clock: Pick<Clock, 'monotonic'> }) {
    this.#total = total;
    this.#clock = clock;
  }

  take(cameraId: string, wanted: number): PartGrant {
    const now = this.#clock.monotonic();
    for (const [id, { askedAt, inUse }] of this.#cameras) {
      if (now - askedAt > activeFor && inUse === 0) this.#cameras.delete(id);
    }
    const camera = this.#cameras.get(cameraId) ?? { inUse: 0, askedAt: now };
    camera.askedAt = now;
    this.#cameras.set(cameraId, camera);
    const total = Math.max(1, Math.floor(this.#total * Math.min(1, quick / this.#held)));
    const used = [...this.#cameras.values()].reduce((sum, { inUse }) => sum + inUse, 0);
    const fair = Math.max(1, Math.floor(total / this.#cameras.size));
    const count = Math.max(0, Math.min(wanted, fair - camera.inUse, total - used));
    camera.inUse += count;
    let open = true;
    return {
      count,
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        camera.inUse -= count;
        if (count > 0) this.#held += weight * (this.#clock.monotonic() - now - this.#held);
        // With nothing granted nothing would be learnt again.
        else this.#held *= 1 - weight;
      },
    };
  }
}
