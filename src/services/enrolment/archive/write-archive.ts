import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Person, Watchlist } from '../../../domain/watchlist.ts';
import type { TemplateFacts } from '../../../store/template-table.ts';
import { listFileName } from './archived-list.ts';
import { folderNames } from './folder-name.ts';

/** What writing an archive needs of the watchlist store. */
export interface ArchiveSource {
  people(watchlistId: string): Person[];
  templateFacts(personIds: readonly string[]): TemplateFacts[];
  templateImage(templateId: string): Uint8Array | null;
}

/**
 * A watchlist as a zip archive: `list.json`, and the enrolled pictures as
 * `people/<name>/<n>.jpg`. Pictures are read one by one as the archive is
 * taken; templates are not in it: they are made again from the pictures.
 * The stream fails when a picture was deleted meanwhile.
 */
export function writeArchive(
  source: ArchiveSource,
  list: Watchlist,
  exportedAt: number,
): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const folderOf = folderNames();
  const people = source.people(list.id).map((person) => ({
    person,
    folder: folderOf(person.name),
    images: source.templateFacts([person.id]),
  }));
  const { id, createdAt, updatedAt, ...settings } = list;
  const contents = {
    nightglass: 'watchlist',
    exportedAt: new Date(exportedAt).toISOString(),
    list: { id, ...settings },
    people: people.map(({ person, folder, images }) => ({
      folder,
      name: person.name,
      note: person.note,
      images: images.map(({ quality, flags, createdAt: enrolledAt }, at) => ({
        file: fileName(at),
        quality,
        flags,
        enrolledAt: new Date(enrolledAt).toISOString(),
      })),
    })),
  };
  zip.addBuffer(Buffer.from(`${JSON.stringify(contents, null, 2)}\n`), listFileName, {
    mtime: new Date(exportedAt),
  });
  for (const { folder, images } of people) {
    for (const [at, image] of images.entries()) {
      zip.addReadStreamLazy(
        `people/${folder}/${fileName(at)}`,
        // JPEG does not get smaller.
        { compress: false, mtime: new Date(image.createdAt) },
        (answer) => {
          const jpeg = source.templateImage(image.id);
          if (jpeg === null)
            answer(new Error(`The picture ${image.id} is gone`), Readable.from([]));
          else answer(null, Readable.from([Buffer.from(jpeg)]));
        },
      );
    }
  }
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  zip.end();
  return output;
}

function fileName(at: number): string {
  return `${at + 1}.jpg`;
}
