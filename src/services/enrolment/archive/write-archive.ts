import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Person, Watchlist } from '../../../domain/watchlist.ts';
import type { TemplateFacts } from '../../../store/template-table.ts';
import { inTurns } from '../../in-turns.ts';
import { listFileName } from './archived-list.ts';
import { folderNames } from './folder-name.ts';

/** What writing an archive needs of the watchlist store. */
export interface ArchiveSource {
  people(watchlistId: string): Person[];
  templateFacts(personIds: readonly string[]): TemplateFacts[];
  templateImage(templateId: string): Uint8Array | null;
}

/** People that are read, or put into the archive, in one turn of the event loop. */
const peopleATurn = 20;

interface ArchivedPerson {
  readonly person: Person;
  readonly folder: string;
  readonly images: readonly TemplateFacts[];
}

/**
 * A watchlist as a zip archive: `list.json`, and the enrolled pictures as
 * `people/<name>/<n>.jpg`. People are read some at a time, pictures one by one as the archive is
 * taken; templates are not in it: they are made again from the pictures.
 * The stream fails when a picture was deleted meanwhile.
 */
export function writeArchive(
  source: ArchiveSource,
  list: Watchlist,
  exportedAt: number,
): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  fill(zip, source, list, new Date(exportedAt)).catch((error: Error) => output.destroy(error));
  return output;
}

async function fill(
  zip: ZipFile,
  source: ArchiveSource,
  list: Watchlist,
  mtime: Date,
): Promise<void> {
  const folderOf = folderNames();
  const people = await inTurns(
    inParts(source.people(list.id), (person): ArchivedPerson => {
      const images = source.templateFacts([person.id]);
      return { person, folder: folderOf(person.name), images };
    }),
  );
  zip.addReadStream(Readable.from(contents(list, people, mtime)), listFileName, { mtime });
  await inTurns(inParts(people, (each) => addPictures(zip, source, each)));
  zip.end();
}

function* inParts<T, R>(all: readonly T[], work: (one: T) => R): Generator<void, R[]> {
  const done: R[] = [];
  for (const one of all) {
    done.push(work(one));
    if (done.length % peopleATurn === 0) yield;
  }
  return done;
}

/** The text of `list.json`, a person a piece. */
function* contents(
  { id, createdAt, updatedAt, ...settings }: Watchlist,
  people: readonly ArchivedPerson[],
  exportedAt: Date,
): Generator<string> {
  const head = { nightglass: 'watchlist', exportedAt: exportedAt.toISOString() };
  yield `${JSON.stringify({ ...head, list: { id, ...settings } }, null, 2).slice(0, -2)},\n`;
  yield '  "people": [';
  for (const [number, { person, folder, images }] of people.entries()) {
    const entry = {
      folder,
      name: person.name,
      note: person.note,
      images: images.map(({ quality, flags, createdAt: enrolledAt }, at) => ({
        file: fileName(at),
        quality,
        flags,
        enrolledAt: new Date(enrolledAt).toISOString(),
      })),
    };
    const text = JSON.stringify(entry, null, 2).replaceAll('\n', '\n    ');
    yield `${number === 0 ? '' : ','}\n    ${text}`;
  }
  yield people.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}

function addPictures(
  zip: ZipFile,
  source: ArchiveSource,
  { folder, images }: ArchivedPerson,
): void {
  for (const [at, image] of images.entries()) {
    zip.addReadStreamLazy(
      `people/${folder}/${fileName(at)}`,
      // JPEG does not get smaller.
      { compress: false, mtime: new Date(image.createdAt) },
      (answer) => {
        const jpeg = source.templateImage(image.id);
        if (jpeg === null) answer(new Error(`The picture ${image.id} is gone`), Readable.from([]));
        else answer(null, Readable.from([Buffer.from(jpeg)]));
      },
    );
  }
}

function fileName(at: number): string {
  return `${at + 1}.jpg`;
}
