import type { Observable, ObservableInput } from 'rxjs';
import { catchError, defer, forkJoin, from, map, of, shareReplay } from 'rxjs';
import type { AlertEvidence, EvidenceChange, ModelStamp } from '../domain/alert.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { RgbImage } from '../domain/image/image.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import { markMachineMade } from '../domain/machine-made-mark.ts';
import type { ListMatch } from '../domain/match.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

export interface AlertPictureOptions {
  readonly codec: Pick<ImageCodec, 'encodeJpeg'>;
  /** Models in use: the enhanced picture names those that made it. */
  readonly modelStamps: readonly ModelStamp[];
  /** JPEG of an enrolled image, null when none is kept. */
  readonly enrolledImage: (templateId: string) => Promise<Uint8Array | null>;
  /** Gets the failure of a picture that could not be made. */
  readonly onError?: (error: unknown) => void;
}

export interface AlertPictures {
  /** What a count alone changes: the best faces, where the new one is among them. */
  changeOf(template: TrackTemplate): Observable<EvidenceChange | null>;
  /** All pictures of an alert on this keyframe. */
  evidenceOf(
    template: TrackTemplate,
    keyframe: FusedKeyframe,
    match: ListMatch,
  ): Observable<EvidenceChange | null>;
}

/** Makes the pictures of alerts. A picture that cannot be made is left out: no alert fails for one. */
export function alertPictures(options: AlertPictureOptions): AlertPictures {
  const { codec, modelStamps, enrolledImage, onError } = options;

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

  /** Marked from the start: no copy of the store, however it is taken, lacks it. */
  const enhancedJpeg = (image: RgbImage): Observable<Uint8Array> =>
    from(codec.encodeJpeg(image)).pipe(map((jpeg) => markMachineMade(jpeg, modelStamps)));

  function bestOf({ bestFaces }: TrackTemplate): Observable<Uint8Array[]> {
    if (bestFaces.length === 0) return of([]);
    return picture(() => forkJoin(bestFaces.map(({ image }) => jpegOf(image))), []);
  }

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
      enhanced: enhancedImage ? picture(() => enhancedJpeg(enhancedImage), null) : of(null),
      enrolled: picture<Uint8Array | null>(() => enrolledImage(templateId), null),
      best: bestOf(template),
    });
  }

  return { changeOf, evidenceOf };
}
