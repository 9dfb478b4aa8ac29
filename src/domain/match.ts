import type { TrackNote } from './track.ts';
import type { TrackTemplate } from './track-template.ts';

/** Cosine similarities of the probe's three templates with one enrolled person, -1..1. */
export interface MatchScores {
  readonly raw: number;
  readonly enhanced: number | null;
  readonly fused: number;
  /**
   * Set where the probe was so small that it was compared with the enrolled image's poor view; the
   * cosines are then on the scale of those with clear templates.
   */
  readonly template?: 'poor-view';
}

/** The best candidate of one watchlist. */
export interface ListMatch {
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly personId: string;
  readonly personName: string;
  /** The enrolled image that matched best. */
  readonly templateId: string;
  readonly scores: MatchScores;
  /**
   * How like the enrolled image the latest keyframe and the one of best quality are, each alone:
   * what chooses the picture. Absent for a probe that is no track.
   */
  readonly pictureScores?: { readonly latest: number; readonly best: number };
  /** Fused score from which on the list reports a match, for its FPIR and its present size. */
  readonly threshold: number;
  /** The watchlist's false positive identification rate, as set by its owner. */
  readonly fpir: number;
  /** People on the list when it was searched. */
  readonly gallerySize: number;
  /** True when `scores.fused >= threshold`. */
  readonly matched: boolean;
}

export interface Probe {
  readonly model: string;
  readonly fused: Float32Array;
  readonly raw: Float32Array;
  readonly enhanced: Float32Array | null;
  /** Pixels between the eyes, a track's as its template is weighted; small faces go against poor views. */
  readonly interEyeDistance?: number;
  /** Keyframes of a track, whose likeness is asked for one by one. */
  readonly latest?: { readonly fused: Float32Array };
  readonly best?: { readonly fused: Float32Array };
}

/** What `match` needs of the enrolled templates. */
export interface Gallery {
  /**
   * Exact 1:N search of every list in force that names this camera; a list without templates
   * gives nothing. At once, or later where the lists are large.
   */
  search(probe: Probe, cameraId: string): readonly ListMatch[] | Promise<readonly ListMatch[]>;
}

export interface MatchedTemplate {
  readonly kind: 'matched';
  /** Why it was searched: its track brought a keyframe, or the watchlists changed. */
  readonly cause: 'keyframe' | 'lists';
  readonly template: TrackTemplate;
  /** Best candidate of each list searched, matched or not. */
  readonly matches: readonly ListMatch[];
}

/** What flows after matching: results, and the notes on tracks, in the order of each track. */
export type MatchEvent = MatchedTemplate | TrackNote;
