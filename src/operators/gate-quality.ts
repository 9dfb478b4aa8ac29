import type { Observable, OperatorFunction } from 'rxjs';
import { catchError, defer, forkJoin, from, map, of } from 'rxjs';
import type { Frame } from '../domain/frame/frame.ts';
import type { GradedFace, GradedFrame } from '../domain/graded-face.ts';
import type { QualityOptions } from '../domain/quality/assess-quality.ts';
import { assessGeometry, assessQuality } from '../domain/quality/assess-quality.ts';
import type { QualityReason } from '../domain/quality/quality.ts';
import type { TrackedFace, TrackedFrame } from '../domain/track.ts';
import { faceImageOf, planFaceCut } from './face-cut.ts';
import { mapOrdered } from './map-ordered.ts';

export interface GateQualityOptions {
  /** Limits of the verdict. */
  readonly limits?: QualityOptions;
  /** Frames at once, default 2, and held at most, default 4; further ones are dropped as `busy`. */
  readonly concurrency?: number;
  readonly capacity?: number;
  /** Told of every face rejected, with what weighed most. */
  readonly onRejected?: (reason: QualityReason) => void;
  /** Told when a face could not be cut out; it is left out. Without it, that is the stream's error. */
  readonly onError?: (error: unknown) => void;
}

type Graded = GradedFace | { readonly error: unknown };

/**
 * Cuts each face from its frame, pixel for pixel, and grades it. Faces too
 * small or turned too far are rejected by their landmarks before any pixel is
 * read. Frames keep their order; tracks that ended are never lost, even where
 * the frame they came with is.
 *
 * Drops: `busy` (over `capacity`), `shutdown`.
 */
export function gateQuality(
  options: GateQualityOptions = {},
): OperatorFunction<TrackedFrame, GradedFrame> {
  const { limits = {}, concurrency = 2, capacity = 4, onRejected, onError } = options;

  function grade(frame: Frame, tracked: TrackedFace): Observable<Graded> {
    const atSight = assessGeometry(tracked.landmarks, limits, frame);
    const cut = planFaceCut(tracked, frame);
    if (atSight.verdict === 'reject' || !cut) {
      const reasons = cut ? atSight.reasons : (['interEyeDistance'] as const);
      return of({
        ...tracked,
        face: null,
        quality: { ...atSight, verdict: 'reject' as const, reasons },
      });
    }
    const { crop, width, height, framePixels } = cut;
    return defer(() => from(frame.picture.rgb({ crop, width, height }))).pipe(
      map((image) => {
        const face = faceImageOf(cut, image, tracked.landmarks);
        const quality = assessQuality(face, { ...limits, framePixels });
        return { ...tracked, quality, face: quality.verdict === 'reject' ? null : face };
      }),
      // As a value: the frame must stay until every read of it has settled.
      catchError((error: unknown) => of({ error })),
    );
  }

  function report(graded: readonly Graded[]): GradedFace[] {
    const faces: GradedFace[] = [];
    for (const each of graded) {
      if ('error' in each) {
        if (!onError) throw each.error;
        onError(each.error);
        continue;
      }
      const [reason] = each.quality.reasons;
      if (each.quality.verdict === 'reject' && reason) onRejected?.(reason);
      faces.push(each);
    }
    return faces;
  }

  return mapOrdered<TrackedFrame, readonly Graded[], GradedFrame>(
    { concurrency, capacity },
    (emit) => ({
      work({ frame, faces }) {
        if (!frame || faces.length === 0) return of([]);
        return forkJoin(faces.map((face) => grade(frame, face)));
      },
      done({ frame, ended }, graded) {
        let faces: GradedFace[];
        try {
          faces = report(graded);
        } catch (error) {
          frame?.drop('failed');
          throw error;
        }
        emit({ frame, faces, ended });
      },
      failed({ frame }, error) {
        frame?.drop('failed');
        throw error;
      },
      overflow({ frame, ended }) {
        frame?.drop('busy');
        return ended.length > 0 ? { frame: null, faces: [], ended } : null;
      },
      abandoned: ({ frame }) => frame?.drop('shutdown'),
    }),
  );
}
