import type { OperatorFunction } from 'rxjs';
import { EMPTY, Observable, of, pipe } from 'rxjs';
import { NightglassError } from '../domain/errors.ts';
import type { Gallery, ListMatch, MatchEvent } from '../domain/match.ts';
import type { TrackNote } from '../domain/track.ts';
import type { TemplateEvent, TrackTemplate } from '../domain/track-template.ts';
import { mapOrdered } from './map-ordered.ts';
import { subscribeToSource } from './subscribe-to-source.ts';

export interface MatchOptions {
  readonly gallery: Gallery;
  /** Emits when the watchlists have changed: every running track is searched again. */
  readonly changes$?: Observable<unknown>;
  /** Called when a search failed; that version of the template goes unmatched. Without it, that is the stream's error. */
  readonly onError?: (error: unknown) => void;
}

interface Search {
  readonly kind: 'search';
  readonly cause: 'keyframe' | 'lists';
  readonly template: TrackTemplate;
}

/** Templates that may wait for their search, at most; far beyond what tracks give in a second. */
const capacity = 256;
const concurrency = 64;

/**
 * Searches every version of every template in the watchlists that name its
 * camera, and the templates of running tracks again when the watchlists change;
 * versions of a track leave in order, and so do the notes on it. Beyond 256 under
 * way, a version counts as failed (`GALLERY_OVERLOADED`): the track's next one
 * replaces it.
 */
export function match(options: MatchOptions): OperatorFunction<TemplateEvent, MatchEvent> {
  const { gallery, changes$ = EMPTY, onError } = options;
  const fail = (error: unknown): void => {
    if (!onError) throw error;
    onError(error);
  };
  return pipe(
    searchRunning(changes$),
    mapOrdered<Search | TrackNote, readonly ListMatch[], MatchEvent>(
      { concurrency, capacity, key: trackIdOf },
      (emit) => ({
        work(item) {
          if (item.kind !== 'search') return of([]);
          const found = gallery.search(item.template, item.template.cameraId);
          return found instanceof Promise ? found : of(found);
        },
        done(item, matches) {
          if (item.kind !== 'search') emit(item);
          else emit({ kind: 'matched', cause: item.cause, template: item.template, matches });
        },
        failed: (_, error) => fail(error),
        overflow(item) {
          // The end of a track is small and must not be lost.
          if (item.kind === 'ended') return item;
          if (item.kind === 'search') {
            fail(
              new NightglassError(
                'GALLERY_OVERLOADED',
                `Cannot search the watchlists: ${capacity} searches are under way`,
              ),
            );
          }
          return null;
        },
        abandoned: () => undefined,
      }),
    ),
  );
}

/** Each template as it comes, and those of all running tracks when the lists change. */
function searchRunning(
  changes$: Observable<unknown>,
): OperatorFunction<TemplateEvent, Search | TrackNote> {
  return (source) =>
    new Observable((subscriber) => {
      const running = new Map<string, TrackTemplate>();
      subscriber.add(() => running.clear());
      subscriber.add(
        changes$.subscribe(() => {
          for (const template of [...running.values()]) {
            subscriber.next({ kind: 'search', cause: 'lists', template });
          }
        }),
      );
      subscribeToSource(source, subscriber, {
        next(event) {
          if (event.kind === 'template') {
            running.set(event.template.trackId, event.template);
            subscriber.next({ kind: 'search', cause: 'keyframe', template: event.template });
          } else {
            if (event.kind === 'ended') running.delete(event.track.trackId);
            subscriber.next(event);
          }
        },
      });
    });
}

function trackIdOf(item: Search | TrackNote): string {
  if (item.kind === 'search') return item.template.trackId;
  return item.kind === 'seen' ? item.seen.trackId : item.track.trackId;
}
