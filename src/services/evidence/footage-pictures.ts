import { type FootagePictureKind, footagePictures } from '../../domain/footage.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import { othersFirst } from '../in-turns.ts';
import type { CaseEntry } from './case-archive.ts';
import { describeFile } from './case-manifest.ts';
import { exportedPicture } from './case-pictures.ts';
import type { CaseFootage, CaseSearch, CaseSighting } from './case-search.ts';
import type { ShownPictures } from './shown-pictures.ts';

/** A picture's place in a case. */
export function sightingPicturePath(sightingId: string, kind: FootagePictureKind): string {
  return `footage/${sightingId}/${kind}.jpg`;
}

/** The pictures of sightings; all are of faces alone. */
export async function collectFootagePictures(
  searches: readonly CaseSearch[],
  { found }: Pick<CaseFootage, 'found'>,
  codec: ImageCodec,
  shown: ShownPictures,
): Promise<CaseEntry[]> {
  const entries: CaseEntry[] = [];
  for (const sighting of searches.flatMap(({ sightings }) => sightings)) {
    for (const kind of footagePictures) {
      const bytes = await pictureOf(sighting, kind, found, codec);
      if (bytes === null) continue;
      const file = describeFile(sightingPicturePath(sighting.id, kind), bytes);
      const read = async function* () {
        const again = await pictureOf(sighting, kind, found, codec);
        if (again !== null) yield again;
      };
      entries.push(shown.take({ file, read }, bytes));
      await othersFirst();
    }
  }
  return entries;
}

async function pictureOf(
  { id, models }: CaseSighting,
  kind: FootagePictureKind,
  found: CaseFootage['found'],
  codec: ImageCodec,
): Promise<Uint8Array | null> {
  const stored = found.picture(id, kind);
  if (stored === null || stored.byteLength === 0) return null;
  return exportedPicture(stored, kind, models, codec);
}
