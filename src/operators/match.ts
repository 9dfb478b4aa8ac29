import type { OperatorFunction } from 'rxjs';
import { filter, of, pipe } from 'rxjs';
import { NightglassError } from '../errors.ts';
import { orderedWork } from './ordered-work.ts';
import type { TemplateEvent, TrackTemplate } from './pool-template.ts';

/** Cosine similarities of the probe's three templates with one enrolled person, -1..1. */
export interface MatchScores {
  readonly raw: number;
  readonly enhanced: number | null;
  readonly fused: number;
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
}

/** What `match` needs of the enrolled templates. */
export interface Gallery {
  /**
   * Exact 1:N search of every list in force that names this camera; a list without templates
   * gives nothing. At once, or later where the lists are large.
   */
  search(probe: Probe, cameraId: string): readonly ListMatch[] | Promise<readonly ListMatch[]>;
}

type TemplateVersion = Extract<TemplateEvent, { readonly kind: 'template' }>;

export interface MatchedTemplate {
  readonly template: TrackTemplate;
  /** Best candidate of each list searched, matched or not. */
  readonly matches: readonly ListMatch[];
}

export interface MatchOptions {
  readonly gallery: Gallery;
  /** Told when a search failed; that version of the template goes unmatched. Without it, that is the stream's error. */
  readonly onError?: (error: unknown) => void;
}

/** Templates that may wait for their search, at most; far beyond what tracks give in a second. */
const capacity = 256;
const concurrency = 64;

/**
 * Searches every version of every template in the watchlists that name its
 * camera; versions of a track leave in order. Beyond 256 under way, a version
 * counts as failed (`GALLERY_OVERLOADED`): the track's next one replaces it.
 */
export function match(options: MatchOptions): OperatorFunction<TemplateEvent, MatchedTemplate> {
  const { gallery, onError } = options;
  const fail = (error: unknown): void => {
    if (!onError) throw error;
    onError(error);
  };
  return pipe(
    filter((event) => event.kind === 'template'),
    orderedWork<TemplateVersion, readonly ListMatch[], MatchedTemplate>(
      { concurrency, capacity, key: ({ template }) => template.trackId },
      (emit) => ({
        work({ template }) {
          const found = gallery.search(template, template.cameraId);
          return found instanceof Promise ? found : of(found);
        },
        done: ({ template }, matches) => emit({ template, matches }),
        failed: (_, error) => fail(error),
        overflow() {
          fail(
            new NightglassError(
              'GALLERY_OVERLOADED',
              `Cannot search the watchlists: ${capacity} searches are under way`,
            ),
          );
          return null;
        },
        abandoned: () => undefined,
      }),
    ),
  );
}
