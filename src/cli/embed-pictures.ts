import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type { Landmarks } from '../domain/geometry/landmarks.ts';
import { type DescribedFace, describeFaces } from '../services/faces/describe-faces.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { exitCodes } from './exit-codes.ts';
import { openFaceTools } from './face-tools.ts';
import { readPicture } from './read-picture.ts';

export interface EmbedOptions {
  readonly json?: boolean;
  readonly landmarks?: string;
  readonly manifest?: string;
}

const five = z.array(z.number()).length(10);
const landmarksFile = z.record(z.string(), z.union([five, z.array(five)]));

/** Prints a line a face; what fails is reported, and the other pictures go on. */
export async function embedPictures(
  images: readonly string[],
  options: EmbedOptions,
): Promise<void> {
  const given = options.landmarks === undefined ? {} : await readLandmarks(options.landmarks);
  const codec = createImageCodec();
  await using tools = await openFaceTools(options);
  let failed = 0;
  for (const path of images) {
    try {
      const image = await codec.decode(await readPicture(path));
      const faces = await describeFaces(image, tools, given[path] ?? given[basename(path)]);
      if (faces.length === 0) throw new NightglassError('NO_FACE', `No face found in ${path}`);
      for (const face of faces) {
        process.stdout.write(options.json === true ? jsonLine(path, face) : plainLine(path, face));
      }
    } catch (error) {
      if (!isNightglassError(error)) throw error;
      // The other pictures go on; the exit code tells that one failed.
      failed += 1;
      if (options.json === true) {
        const { code, message } = error;
        process.stdout.write(`${JSON.stringify({ image: path, error: { code, message } })}\n`);
      }
      process.stderr.write(`nightglass: ${path}: ${error.message} (${error.code})\n`);
    }
  }
  if (failed > 0) process.exitCode = exitCodes.failed;
}

async function readLandmarks(path: string): Promise<Record<string, Landmarks[]>> {
  let parsed: z.output<typeof landmarksFile>;
  try {
    parsed = landmarksFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new NightglassError('USAGE', `Cannot read landmarks from ${path}`, {
      hint: 'It must be JSON: {"<file name>": [x1,y1,…,x5,y5]} or a list of such rows.',
      cause,
    });
  }
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => {
      const rows = (typeof value[0] === 'number' ? [value] : value) as number[][];
      return [name, rows.map(toLandmarks)];
    }),
  );
}

function toLandmarks(row: readonly number[]): Landmarks {
  const at = (i: number) => ({ x: row[2 * i] ?? 0, y: row[2 * i + 1] ?? 0 });
  return [at(0), at(1), at(2), at(3), at(4)];
}

function jsonLine(path: string, face: DescribedFace): string {
  const { raw, enhanced, fused, quality, ...rest } = face;
  return `${JSON.stringify({
    image: path,
    ...rest,
    quality: { score: quality.score, verdict: quality.verdict, reasons: quality.reasons },
    embeddings: {
      raw: [...raw],
      enhanced: enhanced === null ? null : [...enhanced],
      fused: [...fused],
    },
  })}\n`;
}

function plainLine(path: string, face: DescribedFace): string {
  const { box, score, quality, gate, interEyeDistance: distance, enhanced } = face;
  const at = [box.x, box.y, box.width, box.height].map(Math.round).join(',');
  const how = enhanced === null ? 'not enhanced' : `gate ${gate.toFixed(2)}`;
  return `${path}: face at ${at}, score ${score.toFixed(2)}, ${distance.toFixed(1)} px between the eyes, quality ${quality.score.toFixed(0)} (${quality.verdict}), ${how}\n`;
}
