import type { CaseProgress } from '../../domain/case-progress.ts';

/** A guess needs so much of a step: of the first pictures of a clip nothing follows. */
const least = 0.02;

/** How long a step of a case goes on, by what it took so far. */
export class TimeLeft {
  readonly #monotonic: () => number;
  #step: string | undefined;
  #began = 0;

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Seconds for the rest of the step; null while nobody can tell. */
  after({ step, share }: Pick<CaseProgress, 'step' | 'share'>): number | null {
    const now = this.#monotonic();
    if (step !== this.#step) {
      this.#step = step;
      this.#began = now;
    }
    if (share < least) return null;
    return Math.round(((now - this.#began) * (1 - share)) / share / 1000);
  }
}
