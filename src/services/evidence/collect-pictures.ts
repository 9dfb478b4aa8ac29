import type { Alert, EvidenceKind } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { othersFirst } from '../in-turns.ts';
import type { FaceBlur } from './blur/face-blur.ts';
import type { CaseEntry } from './case-archive.ts';
import { describeFile } from './case-manifest.ts';
import { exportedPicture, kindsOf, picturePath } from './case-pictures.ts';
import { type CaseWatch, tellProgress } from './case-progress.ts';
import type { ShownPictures } from './shown-pictures.ts';

export interface PictureSources extends CaseWatch {
  readonly alerts: { evidence(id: string, kind: EvidenceKind): Uint8Array | null };
  readonly codec: ImageCodec;
  /** Undefined where everybody is shown. */
  readonly blur: FaceBlur | undefined;
}

/** The pictures of the alerts of a case. */
export async function collectPictures(
  records: readonly AlertRecord<Alert>[],
  sources: PictureSources,
  shown: ShownPictures,
): Promise<CaseEntry[]> {
  const entries: CaseEntry[] = [];
  for (const [at, { alert }] of records.entries()) {
    tellProgress(sources, 'pictures', at, records.length);
    for (const kind of kindsOf(alert)) {
      const found = await pictureOf(alert, kind, sources);
      if (found === null) continue;
      entries.push(shown.take(found.entry, found.bytes));
      await othersFirst();
    }
  }
  return entries;
}

async function pictureOf(
  alert: Alert,
  kind: EvidenceKind,
  { alerts, codec, blur }: PictureSources,
): Promise<{ readonly entry: CaseEntry; readonly bytes: Uint8Array } | null> {
  const stored = alerts.evidence(alert.id, kind);
  if (stored === null || stored.byteLength === 0) return null;
  const path = picturePath(alert.id, kind);
  const place = placeIn(alert, kind);
  const blurred = place === undefined ? null : ((await blur?.picture(stored, place)) ?? null);
  if (blurred !== null) {
    const { bytes, sha256 } = describeFile(path, stored);
    const file = { ...describeFile(path, blurred), original: { bytes, sha256 } };
    // Coded once: whether it would come out the same again nobody knows.
    return { entry: { file, read: () => once(blurred) }, bytes: blurred };
  }
  const read = async function* () {
    const picture = alerts.evidence(alert.id, kind);
    if (picture !== null) yield await exportedPicture(picture, kind, alert.models, codec);
  };
  const bytes = await exportedPicture(stored, kind, alert.models, codec);
  return { entry: { file: describeFile(path, bytes), read }, bytes };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Where the alert's own face is in a whole picture; undefined for pictures of faces. */
function placeIn(alert: Alert, kind: EvidenceKind): Box | null | undefined {
  if (kind === 'frame') return alert.place;
  const [, number, what] = /^sighting-(\d+)-(.+)$/.exec(kind) ?? [];
  if (what !== 'frame') return undefined;
  return alert.sightings.find((sighting) => sighting.number === Number(number))?.place ?? null;
}
