import type { Observable, ObservableInput, OperatorFunction } from 'rxjs';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  filter,
  forkJoin,
  from,
  map,
  of,
  shareReplay,
  toArray,
} from 'rxjs';
import type { AlertEvidence, EvidenceChange } from '../domain/alert.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { RgbImage } from '../domain/image/image.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { ListMatch, MatchEvent, MatchedTemplate } from '../domain/match.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import { AlertLifecycle, type AlertLifecycleOptions } from './alert-lifecycle.ts';
import { mapOrdered } from './map-ordered.ts';

export interface RaiseAlertsOptions extends AlertLifecycleOptions {
  readonly codec: Pick<ImageCodec, 'encodeJpeg'>;
  /** JPEG of an enrolled image, null when none is kept. */
  readonly enrolledImage: (templateId: string) => Promise<Uint8Array | null>;
  /** Told when a match was lost because `capacity` was reached. */
  readonly onDropped?: (matched: MatchedTemplate) => void;
  /** Matches held at most while pictures are made; default 64. */
  readonly capacity?: number;
}

/**
 * Turns matches into alerts: one a track, person and list. The first match
 * creates it; a higher fused score replaces the scores, a keyframe that is more
 * like the enrolled image the pictures (one below the quality gate never those
 * of one above it), more keyframes alone only their count. Every revision is
 * handed to the store before it is emitted, with `stored: false` where it is
 * kept in memory.
 */
export function raiseAlerts(
  options: RaiseAlertsOptions,
): OperatorFunction<MatchEvent, RaisedAlert> {
  const { codec, enrolledImage, onError, onDropped, capacity = 64 } = options;

  /** The picture, or `fallback` where it cannot be made: an alert does not fail for a picture. */
  function picture<P>(make: () => ObservableInput<P>, fallback: P): Observable<P> {
    return defer(() => from(make())).pipe(
      catchError((error: unknown) => {
        onError?.(error);
        return of(fallback);
      }),
    );
  }

  /** Faces that stay among the best from one revision to the next are encoded once. */
  const encoded = new WeakMap<RgbImage, Observable<Uint8Array>>();
  const jpegOf = (image: RgbImage): Observable<Uint8Array> => {
    const known = encoded.get(image);
    if (known !== undefined) return known;
    const made = defer(() => from(codec.encodeJpeg(image))).pipe(shareReplay(1));
    encoded.set(image, made);
    return made;
  };

  function bestOf({ bestFaces }: TrackTemplate): Observable<Uint8Array[]> {
    if (bestFaces.length === 0) return of([]);
    return picture(() => forkJoin(bestFaces.map(({ image }) => jpegOf(image))), []);
  }

  /** What a count alone changes: the best faces, where the new one is among them. */
  function changeOf(template: TrackTemplate): Observable<EvidenceChange | null> {
    const { bestFaces, latest } = template;
    if (bestFaces.every(({ ordinal }) => ordinal !== latest.ordinal)) return of(null);
    return bestOf(template).pipe(map((best) => ({ best })));
  }

  function evidenceOf(
    template: TrackTemplate,
    { scene, face, enhancedImage }: FusedKeyframe,
    { templateId }: ListMatch,
  ): Observable<AlertEvidence> {
    return forkJoin({
      frame: of(scene),
      face: picture(() => jpegOf(face.image), new Uint8Array()),
      enhanced: enhancedImage ? picture(() => codec.encodeJpeg(enhancedImage), null) : of(null),
      enrolled: picture<Uint8Array | null>(() => enrolledImage(templateId), null),
      best: bestOf(template),
    });
  }

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
              const evidence: Observable<EvidenceChange | null> =
                step.kind === 'count' || step.picture === null
                  ? changeOf(template)
                  : evidenceOf(template, step.picture.keyframe, match);
              return evidence.pipe(
                map((made) => lifecycle.record(event, match, step, made)),
                filter((raised) => raised !== null),
              );
            }),
            toArray(),
          );
        },
        done(_, alerts) {
          for (const alert of alerts) emit(alert);
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
