import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertEncodedSource, type EncodedSource } from '../media/encoded-source.ts';
import type { DemoFootage } from './demo-footage.ts';

const magic = 'nightglass footage 1\n';

interface Piece {
  readonly offset: number;
  readonly bytes: number;
}

type StoredSource = Omit<EncodedSource, 'units'> & {
  readonly units: readonly (Omit<EncodedSource['units'][number], 'data'> & Piece)[];
};

interface Header {
  readonly cameras: readonly { readonly name: string; readonly source: StoredSource }[];
  readonly people: readonly {
    readonly seed: number;
    readonly name: string;
    readonly enrolment: readonly ({ readonly width: number; readonly height: number } & Piece)[];
  }[];
}

/** Writes footage to a file, whole or not at all. */
export async function writeFootage(path: string, footage: DemoFootage): Promise<void> {
  const blobs: Uint8Array[] = [];
  let offset = 0;
  const store = (data: Uint8Array): Piece => {
    const piece = { offset, bytes: data.length };
    blobs.push(data);
    offset += data.length;
    return piece;
  };
  const header: Header = {
    cameras: footage.cameras.map(({ name, source }) => ({
      name,
      source: {
        ...source,
        units: source.units.map(({ data, ...unit }) => ({ ...unit, ...store(data) })),
      },
    })),
    people: footage.people.map((person) => ({
      ...person,
      enrolment: person.enrolment.map(({ data, ...size }) => ({ ...size, ...store(data) })),
    })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.draft`;
  try {
    await writeFile(draft, Buffer.concat([Buffer.from(magic), length, text, ...blobs]));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Reads footage back; undefined when there is none, or when the file is damaged. */
export async function readFootage(path: string): Promise<DemoFootage | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  try {
    return parse(bytes);
  } catch {
    // Damaged or of another making: it is rendered again and replaced.
    return undefined;
  }
}

/** Removes all but the newest `keep` files of a folder whose names match. */
export async function pruneFootage(folder: string, names: RegExp, keep: number): Promise<void> {
  const files = (await readdir(folder)).filter((name) => names.test(name));
  const aged = await Promise.all(
    files.map(async (name) => ({ name, changed: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((a, b) => b.changed - a.changed);
  for (const { name } of aged.slice(keep)) await rm(join(folder, name), { force: true });
}

function parse(bytes: Buffer): DemoFootage {
  const start = magic.length + 4;
  if (bytes.toString('latin1', 0, magic.length) !== magic) throw new RangeError('no footage');
  const length = bytes.readUInt32LE(magic.length);
  const header = JSON.parse(bytes.toString('utf8', start, start + length)) as Header;
  const body = bytes.subarray(start + length);
  const load = ({ offset, bytes: size }: Piece): Uint8Array => {
    if (offset < 0 || offset + size > body.length) throw new RangeError('cut off');
    return body.subarray(offset, offset + size);
  };
  const cameras = header.cameras.map(({ name, source }) => {
    const units = source.units.map(({ key, time, decodeTime, ...piece }) => ({
      key,
      time,
      decodeTime,
      data: load(piece),
    }));
    const whole = { ...source, units };
    assertEncodedSource(whole);
    return { name, source: whole };
  });
  const people = header.people.map((person) => ({
    ...person,
    enrolment: person.enrolment.map(({ width, height, ...piece }) => {
      const data = load(piece);
      if (data.length !== width * height * 3) throw new RangeError('a picture is cut off');
      return { width, height, data };
    }),
  }));
  return { cameras, people };
}
