import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NightglassError } from '../../src/domain/errors.ts';
import type { Landmarks } from '../../src/domain/geometry/landmarks.ts';

/** An enrolled picture. */
export interface GalleryEntry {
  readonly identity: string;
  /** Absolute path. */
  readonly file: string;
  /** In that file's pixels; undefined when the detector must find them. */
  readonly landmarks: Landmarks | undefined;
}

/** A picture to be searched for. */
export interface ProbeEntry extends GalleryEntry {
  /** Degree of degradation; `all` where a protocol knows none. */
  readonly level: string;
  /** Pictures of one track are pooled; undefined for a still. */
  readonly track: string | undefined;
  /** Counts in the single-frame test. */
  readonly single: boolean;
}

/** What is enrolled and what is searched, in the order of the dumps. */
export interface Protocol {
  /** Where it came from, for the report. */
  readonly name: string;
  readonly gallery: readonly GalleryEntry[];
  readonly probes: readonly ProbeEntry[];
  /** Pictures of people who are not enrolled, for the false positive identification rate; may be empty. */
  readonly strangers: readonly ProbeEntry[];
}

/** The level of a protocol that knows none. */
export const everyLevel = 'all';

const landmarks = z.array(z.number()).length(10).optional();
/** People who are not enrolled; of the level `all` they count at every level. */
const strangerList = z.array(
  z.object({
    level: z.string().default('all'),
    /** People are drawn with replacement; a picture alone is a person of its own. */
    identity: z.string().optional(),
    track: z.string().optional(),
    file: z.string(),
    single: z.boolean().default(true),
    video: z.boolean().default(true),
    landmarks,
  }),
);
const protocolSchema = z.object({
  gallery: z.array(z.object({ identity: z.string(), file: z.string(), landmarks })).min(1),
  probes: z
    .array(
      z.object({
        level: z.string().default('all'),
        identity: z.string(),
        track: z.string().optional(),
        file: z.string(),
        single: z.boolean().default(true),
        /** False for a photograph: its track of one picture is not pooled. */
        video: z.boolean().default(true),
        landmarks,
      }),
    )
    .min(1),
  strangers: strangerList.default([]),
});

/**
 * Reads a `protocol.json`; its files are relative to its folder.
 * @throws NightglassError `USAGE` when it cannot be read or has another form
 */
export async function loadProtocol(file: string): Promise<Protocol> {
  const parsed = await parseFile(file, protocolSchema, {
    what: 'protocol',
    hint: 'It needs `gallery` and `probes` with identity and file each.',
  });
  const folder = path.dirname(path.resolve(file));
  const at = (name: string) => path.resolve(folder, name);
  return {
    name: path.basename(file),
    gallery: parsed.gallery.map((entry) => ({
      identity: entry.identity,
      file: at(entry.file),
      landmarks: toLandmarks(entry.landmarks),
    })),
    probes: parsed.probes.map((entry) => ({
      identity: entry.identity,
      file: at(entry.file),
      landmarks: toLandmarks(entry.landmarks),
      level: entry.level,
      track: entry.video ? entry.track : undefined,
      single: entry.single,
    })),
    strangers: checkedStrangers(toStrangers(parsed.strangers, folder), parsed.gallery),
  };
}

/**
 * Adds strangers to a protocol.
 * @param place a folder, as of probes, whose pictures count at every level, or a `.json` file
 *   with a list `strangers` as a protocol has it, its files relative to its folder
 * @throws NightglassError `USAGE`
 */
export async function withStrangers(
  protocol: Protocol,
  place: string,
  tracks: boolean,
): Promise<Protocol> {
  const strangers = place.endsWith('.json')
    ? await listedStrangers(place)
    : (await readIdentities(place, tracks)).map((found) => ({
        ...found,
        landmarks: undefined,
        level: everyLevel,
        single: true,
      }));
  return {
    ...protocol,
    strangers: [...protocol.strangers, ...checkedStrangers(strangers, protocol.gallery)],
  };
}

async function listedStrangers(file: string): Promise<ProbeEntry[]> {
  const schema = z.object({ strangers: strangerList.min(1) });
  const { strangers } = await parseFile(file, schema, {
    what: 'strangers',
    hint: 'It needs a list `strangers` with a file each.',
  });
  return toStrangers(strangers, path.dirname(path.resolve(file)));
}

function toStrangers(list: z.output<typeof strangerList>, folder: string): ProbeEntry[] {
  return list.map((entry) => ({
    identity: entry.identity ?? entry.file,
    file: path.resolve(folder, entry.file),
    landmarks: toLandmarks(entry.landmarks),
    level: entry.level,
    track: entry.video ? entry.track : undefined,
    single: entry.single,
  }));
}

async function parseFile<S extends z.ZodType>(
  file: string,
  schema: S,
  { what, hint }: { what: string; hint: string },
): Promise<z.output<S>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new NightglassError('USAGE', `Cannot read the ${what} ${file}: ${why}`, { hint, cause });
  }
}

/** A stranger who is enrolled would count true finds as false ones. */
function checkedStrangers(
  strangers: readonly ProbeEntry[],
  gallery: readonly { readonly identity: string }[],
): readonly ProbeEntry[] {
  const enrolled = new Set(gallery.map(({ identity }) => identity));
  const both = strangers.find(({ identity }) => enrolled.has(identity));
  if (both === undefined) return strangers;
  throw new NightglassError('USAGE', `Cannot evaluate: the stranger ${both.identity} is enrolled`, {
    hint: 'Strangers are people of whom no picture is in the gallery.',
  });
}

/**
 * Folders named by identity, pictures within (a picture that stands alone is named
 * by its own name); with `tracks`, a folder a track below each probe identity.
 * @throws NightglassError `USAGE` when a folder cannot be read or holds no picture
 */
export async function folderProtocol(options: {
  readonly gallery: string;
  readonly probes: string;
  readonly tracks: boolean;
}): Promise<Protocol> {
  const gallery = await readIdentities(options.gallery, false);
  const probes = await readIdentities(options.probes, options.tracks);
  return {
    name: `${options.gallery} and ${options.probes}`,
    gallery: gallery.map(({ identity, file }) => ({ identity, file, landmarks: undefined })),
    probes: probes.map(({ identity, file, track }) => ({
      identity,
      file,
      landmarks: undefined,
      level: everyLevel,
      track,
      single: true,
    })),
    strangers: [],
  };
}

const pictureName = /\.(jpe?g|png|webp|bmp)$/i;

async function readIdentities(folder: string, tracks: boolean) {
  const found: { identity: string; file: string; track: string | undefined }[] = [];
  for (const entry of await list(folder)) {
    const full = path.join(folder, entry.name);
    if (entry.isFile() && pictureName.test(entry.name)) {
      found.push({ identity: path.parse(entry.name).name, file: full, track: undefined });
    } else if (entry.isDirectory()) {
      for (const inner of await list(full)) {
        const place = path.join(full, inner.name);
        if (inner.isFile() && pictureName.test(inner.name)) {
          found.push({ identity: entry.name, file: place, track: undefined });
        } else if (tracks && inner.isDirectory()) {
          for (const file of await list(place)) {
            if (!file.isFile() || !pictureName.test(file.name)) continue;
            const track = `${entry.name}/${inner.name}`;
            found.push({ identity: entry.name, file: path.join(place, file.name), track });
          }
        }
      }
    }
  }
  if (found.length > 0) return found;
  throw new NightglassError('USAGE', `Cannot evaluate: ${folder} holds no pictures`, {
    hint: 'Give a folder of folders named by identity, with JPEG, PNG, WebP or BMP files.',
  });
}

/** By name, so that an order never depends on the file system. */
async function list(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new NightglassError(
      'USAGE',
      `Cannot read the folder ${folder}: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function toLandmarks(row: readonly number[] | undefined): Landmarks | undefined {
  if (row === undefined) return undefined;
  const at = (i: number) => ({ x: row[2 * i] ?? 0, y: row[2 * i + 1] ?? 0 });
  return [at(0), at(1), at(2), at(3), at(4)];
}
