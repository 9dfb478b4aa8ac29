import {
  type Alert,
  type EvidenceKind,
  evidenceKinds,
  sightingPictures,
} from '../../domain/alert.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import { markMachineMade } from '../../domain/machine-made-mark.ts';
import { isEnhancedKind } from '../alerts/marked-evidence.ts';
import { withVisibleMark } from './visible-mark.ts';

/** A picture's kinds of an alert and of its sightings, whether there is one or not. */
export function kindsOf(alert: Alert): readonly EvidenceKind[] {
  const ofSightings = alert.sightings.flatMap(({ number }) =>
    sightingPictures.map((kind): EvidenceKind => `sighting-${number}-${kind}`),
  );
  return [...evidenceKinds, ...ofSightings];
}

/** A picture's place in a case. */
export function picturePath(alertId: string, kind: EvidenceKind): string {
  return `alerts/${alertId}/${kind}.jpg`;
}

/**
 * The picture as a case holds it: what was recorded as it is stored; an enhanced one above a band
 * that says so, and with the mark in its metadata.
 * @throws NightglassError `IMAGE_INVALID` for an enhanced one that cannot be read
 */
export async function exportedPicture(
  stored: Uint8Array,
  kind: EvidenceKind,
  models: Alert['models'],
  codec: ImageCodec,
): Promise<Uint8Array> {
  if (!isEnhancedKind(kind)) return stored;
  const marked = withVisibleMark(await codec.decode(stored, { maxPixels: 4_000_000 }));
  return markMachineMade(await codec.encodeJpeg(marked, 95), models);
}
