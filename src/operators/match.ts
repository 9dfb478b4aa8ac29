import type { OperatorFunction } from 'rxjs';
import { filter, of, pipe } from 'rxjs';
import { NightglassError } from '../domain/errors.ts';
import type { Gallery, ListMatch, MatchedTemplate } from '../domain/match.ts';
import type { TemplateEvent } from '../domain/track-template.ts';
import { mapOrdered } from './map-ordered.ts';

type TemplateVersion = Extract<TemplateEvent, { readonly kind: 'template' }>;

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
    mapOrdered<TemplateVersion, readonly ListMatch[], MatchedTemplate>(
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
