import { concatMap, EMPTY, filter, from, map, type OperatorFunction, of, toArray } from 'rxjs';
import type { MatchEvent, MatchedTemplate } from '../domain/match.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';
import { AlertLifecycle, type AlertLifecycleOptions } from './alert-lifecycle.ts';
import { type AlertPictureOptions, alertPictures } from './alert-pictures.ts';
import { mapOrdered } from './map-ordered.ts';

export interface RaiseAlertsOptions extends AlertLifecycleOptions, AlertPictureOptions {
  /** Told when a match was lost because `capacity` was reached. */
  readonly onDropped?: (matched: MatchedTemplate) => void;
  /** Told when all that follows from a version of a template is stored, or nothing does. */
  readonly onHandled?: (matched: MatchedTemplate) => void;
  /** Matches held at most while pictures are made; default 64. */
  readonly capacity?: number;
}

/**
 * Turns matches into alerts: one a person and list, to which later tracks of any
 * camera come as sightings until somebody has decided. The first match of a track
 * creates it or the sighting; a higher fused score replaces the scores, a keyframe that is more
 * like the enrolled image the pictures, more keyframes alone only their count.
 * A face below the quality gate is never shown: a track without one above it
 * raises nothing until it has one. Every revision is
 * handed to the store before it is emitted, with `stored: false` where it is
 * kept in memory.
 */
export function raiseAlerts(
  options: RaiseAlertsOptions,
): OperatorFunction<MatchEvent, RaisedAlert> {
  const { onDropped, onHandled, capacity = 64 } = options;

  const pictures = alertPictures(options);

  return mapOrdered<MatchEvent, readonly RaisedAlert[], RaisedAlert>(
    { concurrency: 1, capacity },
    (emit) => {
      const lifecycle = new AlertLifecycle(options);
      return {
        work(event) {
          if (event.kind !== 'matched') {
            lifecycle.note(event);
            return of([]);
          }
          const { template, matches } = event;
          lifecycle.compare(template, matches);
          return from(matches.filter(({ matched }) => matched)).pipe(
            concatMap((match) => {
              const step = lifecycle.decide(template, match);
              if (step.kind === 'pass') return EMPTY;
              const evidence =
                step.kind === 'count' || step.picture === null
                  ? pictures.changeOf(template)
                  : pictures.evidenceOf(template, step.picture.keyframe, match);
              return evidence.pipe(
                map((made) => lifecycle.record(event, match, step, made)),
                filter((raised) => raised !== null),
              );
            }),
            toArray(),
          );
        },
        done(event, alerts) {
          for (const alert of alerts) emit(alert);
          if (event.kind === 'matched') onHandled?.(event);
        },
        failed(_, error) {
          throw error;
        },
        overflow(event) {
          // The end of a track is small and must not be lost.
          if (event.kind === 'ended') return event;
          if (event.kind === 'matched' && event.matches.some(({ matched }) => matched)) {
            onDropped?.(event);
          }
          return null;
        },
        abandoned: () => undefined,
      };
    },
  );
}
