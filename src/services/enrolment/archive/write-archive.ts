import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Person, Watchlist } from '../../../domain/watchlist.ts';
import type { TemplateFacts } from '../../../store/template-table.ts';
import { inTurns, othersFirst } from '../../in-turns.ts';
import { listFileName } from './archived-list.ts';
import { folderNames } from './folder-name.ts';

/** What writing an archive needs of the watchlist store. */
export interface ArchiveSource {
  /** Of everybody on the list, by name: as they are at one moment. */
  personIds(watchlistId: string): string[];
  /** Those of these people who are still there, in their order. */
  peopleOf(ids: readonly string[]): Person[];
  templateFacts(personIds: readonly string[]): TemplateFacts[];
  templateImage(templateId: string): Uint8Array | null;
}

/** People that are read, or put into the archive, in one step. */
const peopleAtOnce = 20;

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
    inParts(source.personIds(list.id), (ids): ArchivedPerson[] => {
      // Who was deleted meanwhile is left out.
      const present = source.peopleOf(ids).filter(({ watchlistId }) => watchlistId === list.id);
      const facts = source.templateFacts(present.map(({ id }) => id));
      const images = Map.groupBy(facts, ({ personId }) => personId);
      return present.map((person) => ({
        person,
        folder: folderOf(person.name),
        images: images.get(person.id) ?? [],
      }));
    }),
  );
  zip.addReadStream(Readable.from(contents(list, people, mtime)), listFileName, { mtime });
  await inTurns(
    inParts(people, (part) => {
      for (const each of part) addPictures(zip, source, each);
      return [];
    }),
  );
  zip.end();
}

function* inParts<T, R>(
  all: readonly T[],
  work: (part: readonly T[]) => readonly R[],
): Generator<void, R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += peopleAtOnce) {
    if (from > 0) yield;
    done.push(...work(all.slice(from, from + peopleAtOnce)));
  }
  return done;
}

/** The text of `list.json`, a person a piece. */
async function* contents(
  { id, createdAt, updatedAt, ...settings }: Watchlist,
  people: readonly ArchivedPerson[],
  exportedAt: Date,
): AsyncGenerator<string> {
  const head = { nightglass: 'watchlist', exportedAt: exportedAt.toISOString() };
  yield `${JSON.stringify({ ...head, list: { id, ...settings } }, null, 2).slice(0, -2)},\n`;
  yield '  "people": [';
  for (const [number, { person, folder, images }] of people.entries()) {
    if (number % peopleAtOnce === 0) await othersFirst();
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
        // A picture a turn: the archive is taken as fast as it is made, without a wait in between.
        void othersFirst()
          .then(() => source.templateImage(image.id))
          .then(
            (jpeg) => {
              if (jpeg !== null) answer(null, Readable.from([Buffer.from(jpeg)]));
              else answer(new Error(`The picture ${image.id} is gone`), Readable.from([]));
            },
            (error: Error) => answer(error, Readable.from([])),
          );
      },
    );
  }
}

function fileName(at: number): string {
  return `${at + 1}.jpg`;
}
