import { from, type OperatorFunction, of } from 'rxjs';
import type { RemoteEvent } from '../domain/cluster.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { type Box, clipBox, expandBox } from '../domain/geometry/box.ts';
import type { RgbImage } from '../domain/image/image.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { TemplateEvent } from '../domain/track-template.ts';
import { mapOrdered } from './map-ordered.ts';

export interface CutSurroundingsOptions {
  readonly codec: Pick<ImageCodec, 'decode' | 'encodeJpeg'>;
  /** Bytes of the picture, at most; where it cannot be made so small it is left out. */
  readonly mostBytes: number;
  readonly onError: (error: unknown) => void;
  /** Events that are held while pictures are made; default 64. The oldest are never dropped. */
  readonly capacity?: number;
  /** Told when a face was lost because `capacity` was reached. */
  readonly onDropped: () => void;
}

/** Sides of what is left of the frame, in sides of the face's box. */
const reach = 3;
/** What stands in the place of the rest. */
const blank = 128;
const qualities = [85, 60, 35] as const;

/**
 * Each version of a template as the keyframe that made it, ready to leave the machine: of its frame
 * the surroundings of the face are left, at their place in a picture of one grey. No frame leaves.
 */
export function cutSurroundings(
  options: CutSurroundingsOptions,
): OperatorFunction<TemplateEvent, RemoteEvent> {
  const { codec, mostBytes, onError, onDropped, capacity = 64 } = options;
  return mapOrdered<TemplateEvent, Uint8Array, RemoteEvent>(
    { concurrency: 2, capacity },
    (emit) => ({
      work(event) {
        return event.kind === 'template'
          ? from(surroundings(event.template.latest, codec, mostBytes))
          : of(new Uint8Array());
      },
      done(event, scene) {
        if (event.kind === 'template') emit(keyframeOf(event.template.latest, scene));
        else emit(event);
      },
      failed(event, error) {
        onError(error);
        if (event.kind === 'template') emit(keyframeOf(event.template.latest, new Uint8Array()));
      },
      overflow(event) {
        // The end of a track is small and must not be lost.
        if (event.kind === 'ended') return event;
        if (event.kind === 'template') onDropped();
        return null;
      },
      abandoned: () => undefined,
    }),
  );
}

function keyframeOf(latest: FusedKeyframe, scene: Uint8Array): RemoteEvent {
  return { kind: 'keyframe', keyframe: { ...latest, scene } };
}

async function surroundings(
  { box, scene }: FusedKeyframe,
  codec: CutSurroundingsOptions['codec'],
  mostBytes: number,
): Promise<Uint8Array> {
  const image = await codec.decode(scene);
  const left = blanked(image, clipBox(expandBox(box, reach), image));
  for (const quality of qualities) {
    const jpeg = await codec.encodeJpeg(left, quality);
    if (jpeg.length <= mostBytes) return jpeg;
  }
  return new Uint8Array();
}

/** A picture of the same size with nothing but what is within `kept`. */
function blanked(image: RgbImage, kept: Box): RgbImage {
  const { width, height, data } = image;
  const rows = new Uint8Array(width * height * 3).fill(blank);
  const [left, right] = [kept.x, kept.x + kept.width].map((x) => Math.round(x) * 3);
  const bottom = Math.min(height, Math.round(kept.y + kept.height));
  for (let y = Math.max(0, Math.round(kept.y)); y < bottom; y += 1) {
    const row = y * width * 3;
    rows.set(data.subarray(row + (left ?? 0), row + (right ?? 0)), row + (left ?? 0));
  }
  return { width, height, data: rows };
}
