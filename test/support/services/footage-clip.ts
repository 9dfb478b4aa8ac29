import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import type { NewClip } from '../../../src/domain/clip.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import type { DetectionEvent } from '../../../src/domain/live-events.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { makeClip } from '../../../src/streams/clips/make-clip.ts';
import { type Orientation, upright } from '../../../src/streams/shape/orientation.ts';

/** A face of a picture of the footage, in pixels; `subject` for the one that a clip is about. */
export interface FootageFace {
  readonly box: Box;
  readonly subject: boolean;
}

export interface FootageClipOptions {
  /** Number of the first picture, which must be a key picture, and how many there are. */
  readonly from: number;
  readonly count: number;
  /** What the analysis saw in a picture, by its number in the clip. */
  readonly seen?: ReadonlyMap<number, readonly FootageFace[]>;
  readonly orientation?: Orientation;
}

const startedAt = 1_790_000_000_000;

/** A clip as the program writes it, of coded footage. */
export async function clipOfFootage(
  source: EncodedSource,
  { from, count, seen = new Map(), orientation = upright }: FootageClipOptions,
): Promise<NewClip> {
  const units = source.units.slice(from, from + count);
  const first = units[0]?.time ?? 0;
  const pictures = units.map(({ data, key, time }) => ({
    ...{ codec: source.codec as 'h264', data: Buffer.from(data), key, damaged: false },
    ...{ timestamp: Math.round((time - first) * 90), clockRate: 90_000 },
    ...{ arrivedAt: startedAt + Math.round(time - first), arrivedMonotonic: time - first },
  }));
  const size = { width: source.width, height: source.height };
  const faces = [...seen].map(([at, found]) => ({
    capturedAt: pictures[at]?.arrivedAt ?? 0,
    ...{ frameWidth: size.width, frameHeight: size.height },
    faces: found.map(({ box, subject }) => ({ box, trackId: subject ? 'subject' : 'other' })),
  })) as unknown as DetectionEvent[];
  const made = await inTurns(
    makeClip(
      {
        ...{ place: { alertId: 'a', appearance: 0 }, cameraId: 'c', trackId: 'subject' },
        ...{ pictures, faces, size, from: 0, until: Number.POSITIVE_INFINITY, cut: null },
      },
      orientation,
    ),
  );
  if (typeof made === 'string') throw new Error(`no clip: ${made}`);
  return made;
}

/** The bytes of a clip. */
export const bytesOf = ({ file }: NewClip): Buffer => Buffer.concat([...file]);
