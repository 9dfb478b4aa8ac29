import type { Pace } from './messages.ts';
import type { VideoMode } from './picture-queue.ts';

/** The wall is to be drawn this often, a second, where so many pictures come. */
export const wantedRate = 20;

/** A page that is drawn less often than this, a second, can wait for no proof. */
const hopelessRate = 5;

/** Seconds of trouble before something is taken off, and between two steps. */
const troubleSteps = 3;
/** Calm seconds before a camera gets its video back; doubled when that was too early. */
const firstPatience = 10;
const longestPatience = 160;
/** Trouble within so many seconds of giving a camera back means that it was too early. */
const trialSteps = 10;

interface Video {
  mode: VideoMode;
  pace: Pace | undefined;
}

/**
 * Lowers the load when drawing falls behind: cameras that matter least show
 * key pictures only, until there is room again. Nothing of it is hidden: the
 * wall and each tile say so.
 */
export class LoadGovernor {
  readonly #interest: (cameraId: string) => number;
  readonly #videos = new Map<string, Video>();
  #trouble = 0;
  #calm = 0;
  #patience = firstPatience;
  #sinceTrial = Number.POSITIVE_INFINITY;

  /** @param interest cameras with more of it are reduced last */
  constructor(interest: (cameraId: string) => number) {
    this.#interest = interest;
  }

  /** A tile tells how its video kept up in the last second. */
  report(cameraId: string, pace: Pace): void {
    const video = this.#videos.get(cameraId);
    if (video === undefined) this.#videos.set(cameraId, { mode: 'all', pace });
    else video.pace = pace;
  }

  /** A tile is shown no more. */
  forget(cameraId: string): void {
    this.#videos.delete(cameraId);
  }

  modeOf(cameraId: string): VideoMode {
    return this.#videos.get(cameraId)?.mode ?? 'all';
  }

  /** Ids of the cameras that show key pictures only. */
  get reduced(): string[] {
    return [...this.#videos].filter(([, { mode }]) => mode === 'keys').map(([id]) => id);
  }

  /**
   * To be called each second.
   *
   * @param pageRate how often the page itself was drawn in the last second
   * @returns whether a mode changed
   */
  step(pageRate: number): boolean {
    const behind = [...this.#videos.values()].some(isBehind);
    this.#sinceTrial += 1;
    if (behind || pageRate < wantedRate) {
      this.#trouble += pageRate < hopelessRate ? troubleSteps : 1;
      this.#calm = 0;
    } else {
      this.#trouble = 0;
      this.#calm += 1;
    }
    if (this.#trouble >= troubleSteps) return this.#reduce();
    if (this.#calm >= this.#patience) return this.#restore();
    return false;
  }

  #reduce(): boolean {
    this.#trouble = 0;
    if (this.#sinceTrial <= trialSteps + troubleSteps) {
      this.#patience = Math.min(this.#patience * 2, longestPatience);
      this.#sinceTrial = Number.POSITIVE_INFINITY;
    }
    const full = this.#byInterest('all');
    const chosen = full.slice(0, Math.max(1, Math.ceil(full.length / 4)));
    for (const id of chosen) this.#set(id, 'keys');
    return chosen.length > 0;
  }

  #restore(): boolean {
    this.#calm = 0;
    const id = this.#byInterest('keys').at(-1);
    if (id === undefined) {
      this.#patience = firstPatience;
      return false;
    }
    this.#sinceTrial = 0;
    this.#set(id, 'all');
    return true;
  }

  /** Least interest first. */
  #byInterest(mode: VideoMode): string[] {
    return [...this.#videos.keys()]
      .filter((id) => this.modeOf(id) === mode)
      .sort((a, b) => this.#interest(a) - this.#interest(b));
  }

  #set(cameraId: string, mode: VideoMode): void {
    const video = this.#videos.get(cameraId);
    if (video === undefined) return;
    video.mode = mode;
    // What it did until now says nothing about the new mode.
    video.pace = undefined;
  }
}

function isBehind({ mode, pace }: Video): boolean {
  if (pace === undefined || mode === 'keys') return false;
  const wanted = Math.min(pace.received, wantedRate);
  return pace.skipped > 0 || (wanted >= 5 && pace.drawn < wanted * 0.8);
}
