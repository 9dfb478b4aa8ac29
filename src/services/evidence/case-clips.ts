import type { Alert } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import { evidenceBounds } from '../../domain/bounds.ts';
import type { AlertClip, ClipFaces, ClipPlace } from '../../domain/clip.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { ClipStore } from '../alerts/clip-store.ts';
import { othersFirst } from '../in-turns.ts';
import type { ClipSubject } from './blur/face-blur.ts';
import type { CaseEntry } from './case-archive.ts';

/** A clip of a case, and what is known of the faces in it. */
export interface CaseClip extends CaseEntry {
  /** @param signal ends what takes long at once */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  seen(): ClipFaces | ClipSubject | null;
}

/** A clip's place in a case. */
export function clipPath({ alertId, appearance }: ClipPlace): string {
  const name = appearance === 0 ? 'clip' : `sighting-${appearance}-clip`;
  return `alerts/${alertId}/${name}.mp4`;
}

/**
 * The seconds around each appearance, as the camera coded them, where there is a recording.
 * @throws NightglassError `BAD_REQUEST` for more than a case takes
 */
export function clipsOfCase(
  records: readonly AlertRecord<Alert>[],
  clips: Pick<ClipStore, 'open' | 'faces'>,
): CaseClip[] {
  let all = 0;
  const entries = records.flatMap(({ alert }) =>
    appearances(alert).flatMap(({ appearance, clip }): CaseClip[] => {
      const found = clipOf({ alertId: alert.id, appearance }, clip, clips);
      if (found === null) return [];
      all += found.file.bytes;
      if (found.file.bytes > evidenceBounds.clipBytes) all = Number.POSITIVE_INFINITY;
      return [found];
    }),
  );
  if (all <= evidenceBounds.allClipBytes) return entries;
  throw clipsTooLarge();
}

/** The clip of an appearance as it was recorded; null where there is none. */
export function clipOf(
  place: ClipPlace,
  clip: AlertClip,
  clips: Pick<ClipStore, 'open' | 'faces'>,
): CaseClip | null {
  const stored = clips.open(place, clip);
  if (clip.state !== 'ready' || stored === null) return null;
  // Its hash was taken when it was written; what is sent is compared with it.
  const file = { path: clipPath(place), bytes: clip.bytes, sha256: clip.sha256 };
  const read = () => inParts(stored.read(0, stored.bytes));
  return { file, read, seen: () => clips.faces(place) };
}

/** The clips of a case are more than it takes. */
export function clipsTooLarge(): NightglassError {
  return new NightglassError('BAD_REQUEST', 'Cannot export evidence: its clips are too large', {
    hint: 'Export less at once, or leave the clips out.',
  });
}

/** An alert and its sightings, by number, with their clips. */
export function appearances(alert: Alert) {
  const ofSightings = alert.sightings.map(({ number, clip }) => ({ appearance: number, clip }));
  return [{ appearance: 0, clip: alert.clip }, ...ofSightings];
}

async function* inParts(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield part;
    await othersFirst();
  }
}
