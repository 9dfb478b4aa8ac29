import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { NightglassError } from '../../src/domain/errors.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { splitAccessUnits } from '../media/access-units.ts';
import { assertEncodedSource } from '../media/encoded-source.ts';
import type { DemoCamera, DemoFootage, WantedPerson } from './demo-footage.ts';

/** `clips.json` of a folder of rendered footage. */
interface Contents {
  readonly cameras: readonly {
    readonly name: string;
    readonly file: string;
    readonly width: number;
    readonly height: number;
    readonly framesPerSecond: number;
  }[];
  readonly people: readonly {
    readonly name: string;
    readonly seed: number;
    readonly portraits: readonly string[];
  }[];
}

/** A portrait unpacks to less than this many bytes. */
const mostPortraitBytes = 16_000_000;

/**
 * Reads footage that `python -m training.footage.render` has written: H.264
 * clips, portraits as `.ppm.gz`, and `clips.json`, which names them.
 * @throws NightglassError `ENVIRONMENT` when a file is missing or damaged
 */
export async function readRenderedFootage(folder: string): Promise<DemoFootage> {
  try {
    const contents = JSON.parse(await readFile(join(folder, 'clips.json'), 'utf8')) as Contents;
    return {
      cameras: await Promise.all(contents.cameras.map((camera) => readCamera(folder, camera))),
      people: await Promise.all(contents.people.map((person) => readPerson(folder, person))),
    };
  } catch (cause) {
    throw new NightglassError('ENVIRONMENT', `Cannot read the demo's footage in ${folder}`, {
      cause,
      hint: 'Restore the folder from the release, or render it again (training/README.md).',
    });
  }
}

async function readCamera(
  folder: string,
  camera: Contents['cameras'][number],
): Promise<DemoCamera> {
  const { name, file, width, height, framesPerSecond } = camera;
  const pictures = splitAccessUnits(await readFile(join(folder, file)));
  const units = pictures.map(({ data, key }, index) => {
    const time = (index * 1000) / framesPerSecond;
    return { data, key, time, decodeTime: time };
  });
  const duration = (units.length * 1000) / framesPerSecond;
  const source = { codec: 'h264', width, height, framesPerSecond, units, duration } as const;
  assertEncodedSource(source);
  return { name, source };
}

async function readPerson(
  folder: string,
  { name, seed, portraits }: Contents['people'][number],
): Promise<WantedPerson> {
  const files = portraits.map(async (file) => readPortrait(await readFile(join(folder, file))));
  return { name, seed, enrolment: await Promise.all(files) };
}

/** A packed PPM picture of eight bits a channel. */
function readPortrait(packed: Uint8Array): RgbImage {
  const file = gunzipSync(packed, { maxOutputLength: mostPortraitBytes });
  const head = /^P6\s(\d+)\s(\d+)\s255\s/.exec(file.toString('latin1', 0, 40));
  if (head === null) throw new RangeError('a portrait is no PPM picture');
  const [width, height] = [Number(head[1]), Number(head[2])];
  const data = Uint8Array.from(file.subarray(head[0].length));
  if (data.length !== width * height * 3) throw new RangeError('a portrait is cut off');
  return { width, height, data };
}
