import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Box } from '../../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { exportSubject } from '../../../src/services/evidence/subject/export-subject.ts';
import type { SubjectDocument } from '../../../src/services/evidence/subject/subject-document.ts';
import type {
  SubjectRequest,
  SubjectSources,
} from '../../../src/services/evidence/subject/subject-sources.ts';
import { decoded, difference, type meeting } from './crowd-footage.ts';
import { filesOf } from './exported-case.ts';

/** An export with its files and what it says. */
export async function exported(request: SubjectRequest, sources: SubjectSources) {
  const { bytes } = await exportSubject(request, sources);
  const archive = await buffer(Readable.from(bytes));
  const files = await filesOf(archive);
  const document = JSON.parse(files.get('subject.json')?.toString() ?? '') as SubjectDocument;
  return { archive, files, document };
}

/** All files as one text, in small letters. */
export function everythingIn(files: ReadonlyMap<string, Buffer>): string {
  const texts = [...files].map(([path, bytes]) => `${path}\n${bytes.toString('latin1')}`);
  return texts.join('\n').toLowerCase();
}

/** The part of a picture. */
export function cropped(image: RgbImage, box: Box): RgbImage {
  const [left, top] = [Math.floor(box.x), Math.floor(box.y)];
  const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Everybody but the own face is hidden in each picture of a clip of which it is known who is seen. */
export async function assertHidden(
  left: Buffer | undefined,
  recorded: Buffer,
  seen: Awaited<ReturnType<typeof meeting>>['seen'],
): Promise<void> {
  const [before, shown] = await Promise.all(
    [recorded, left ?? assert.fail('no clip')].map(decoded),
  );
  for (const [at, faces] of seen) {
    const [one, other] = [before?.[at]?.image, shown?.[at]?.image];
    if (one === undefined || other === undefined) assert.fail(`no picture ${at}`);
    for (const { box, subject } of faces) {
      const change = difference(one, other, box);
      if (subject) assert.ok(change < 4, `the own face in ${at}: ${change}`);
      else assert.ok(change > 6, `another face in ${at}: ${change}`);
    }
  }
}

/** The one alert of a site on the person is in it, without what the site alone gives. */
export function assertOfSite(document: SubjectDocument): void {
  const [atSite = assert.fail('no alert of a site'), ...furtherSites] = document.siteAlerts;
  assert.deepEqual(
    [atSite.site, atSite.camera, atSite.state, atSite.scores?.fused, atSite.picturesKept],
    ['harbour', 'site.harbour/quay', 'confirmed', 0.7, 1],
  );
  assert.deepEqual(
    atSite.reviews.map(({ action, by }) => [action, /^reviewer \d$/.test(by)]),
    [['confirm', true]],
  );
  assert.deepEqual(furtherSites, []);
  assert.deepEqual(
    document.withheld
      .filter(({ reason }) => reason === 'at_site')
      .map(({ what }) => what.replace(`harbour.${atSite.id}`, 'KEY')),
    ['sites/KEY/pictures', 'sites/KEY/reasons'],
  );
}
