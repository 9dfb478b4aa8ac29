import { LRUCache } from 'lru-cache';
import type { Alert } from '../../domain/alert.ts';
import type { Clock } from '../../domain/clock.ts';
import type { MatchedTemplate } from '../../domain/match.ts';
import type { ScoreCount } from '../../store/stranger-score-table.ts';

export interface StrangerScoresOptions {
  readonly table: { add(scores: readonly ScoreCount[]): void };
  /** Cameras whose strangers are not counted now. */
  readonly stopped: () => ReadonlySet<string>;
  readonly clock: Clock;
  /** The embedding space in use, and the hash of the recogniser's file, which alerts carry. */
  readonly model: string;
  readonly recogniser: string | undefined;
  /** Told of the best score of each stranger over all lists, whether it is counted here or not. */
  readonly onBest?: (cameraId: string, score: number, at: number) => void;
  readonly onError: (error: unknown) => void;
  /** Between two writes, milliseconds; default 10 s. */
  readonly every?: number;
}

/** The best of a track on each list so far. */
interface TrackBest {
  readonly cameraId: string;
  readonly model: string;
  readonly best: Map<string, { score: number; matched: boolean }>;
  ended: boolean;
}

/** Tracks followed at once, at most. */
const maxTracks = 4096;
/** Scores that wait for a data folder that cannot be written, at most. */
const maxWaiting = 10_000;

/**
 * Counts how like enrolled people the strangers of each camera look: of every track that
 * ended, its best score on each list, unless it raised an alert there; of alerts, the score
 * of those that a person dismissed. Scores go into a histogram; no template, no picture and
 * no identity of a track is kept.
 */
export class StrangerScores {
  readonly #options: StrangerScoresOptions;
  readonly #tracks = new LRUCache<string, TrackBest>({ max: maxTracks });
  #waiting: ScoreCount[] = [];
  #cancel: (() => void) | undefined;

  constructor(options: StrangerScoresOptions) {
    this.#options = options;
    this.#schedule();
  }

  matched({ template, matches }: MatchedTemplate): void {
    const { trackId, cameraId, model } = template;
    const track = this.#tracks.get(trackId) ?? { cameraId, model, best: new Map(), ended: false };
    this.#tracks.set(trackId, track);
    for (const { watchlistId, scores, matched } of matches) {
      const before = track.best.get(watchlistId);
      track.best.set(watchlistId, {
        score: Math.max(scores.fused, before?.score ?? -1),
        matched: matched || (before?.matched ?? false),
      });
    }
  }

  /** A track is over; a search that is still under way may bring its last score. */
  ended(trackId: string): void {
    const track = this.#tracks.get(trackId);
    if (track !== undefined) track.ended = true;
  }

  /** An alert was dismissed: it showed a stranger. Of other models than those in use it is left out. */
  dismissed({ cameraId, watchlistId, scores, models }: Alert): void {
    const { recogniser, model, clock, onBest } = this.#options;
    const made = models.find(({ task }) => task === 'embed')?.sha256;
    if (made === undefined || made !== recogniser) return;
    const at = clock.now();
    this.#waiting.push({ cameraId, watchlistId, model, at, score: scores.fused });
    onBest?.(cameraId, scores.fused, at);
  }

  /** Writes what waits. Where the data folder refuses, it waits on. */
  flush(): void {
    const { clock, table, onBest, onError } = this.#options;
    const at = clock.now();
    for (const [trackId, { cameraId, model, best, ended }] of this.#tracks) {
      if (!ended) continue;
      this.#tracks.delete(trackId);
      const all = [...best.values()];
      if (all.length > 0 && !all.some(({ matched }) => matched)) {
        onBest?.(cameraId, Math.max(...all.map(({ score }) => score)), at);
      }
      for (const [watchlistId, { score, matched }] of best) {
        if (!matched) this.#waiting.push({ cameraId, watchlistId, model, at, score });
      }
    }
    if (this.#waiting.length === 0) return;
    try {
      const stopped = this.#options.stopped();
      const counted = this.#waiting.filter(({ cameraId }) => !stopped.has(cameraId));
      if (counted.length > 0) table.add(counted);
      this.#waiting = [];
    } catch (error) {
      this.#waiting = this.#waiting.slice(-maxWaiting);
      onError(error);
    }
  }

  /** Writes what is there, tracks in view included, and ends. Idempotent. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    for (const track of this.#tracks.values()) track.ended = true;
    this.flush();
  }

  #schedule(): void {
    const { clock, every = 10_000 } = this.#options;
    this.#cancel = clock.after(every, () => {
      this.flush();
      this.#schedule();
    });
  }
}
