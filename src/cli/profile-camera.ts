import { writeFile } from 'node:fs/promises';
import { BlockGridGatherer } from '../domain/camera-noise/block-grid.ts';
import { frameTiming } from '../domain/camera-noise/frame-timing.ts';
import { NoiseGatherer } from '../domain/camera-noise/noise-gatherer.ts';
import {
  cameraNoise,
  grainOf,
  leastPictures,
  type NoiseProfile,
} from '../domain/camera-noise/noise-profile.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Picture } from '../domain/frame/picture.ts';
import { profileHtml } from './profile-html.ts';
import { type ProfiledPictures, picturesOfCamera, picturesOfFile } from './profile-pictures.ts';
import { profileText } from './profile-text.ts';
import { showProgress } from './progress.ts';

export interface ProfileOptions {
  readonly file?: string;
  readonly seconds: number;
  readonly json?: string;
  readonly html?: string;
  readonly config?: string;
}

/** Measures a camera's noise, prints it and writes it. @throws NightglassError */
export async function profileCamera(
  id: string | undefined,
  options: ProfileOptions,
): Promise<void> {
  if ((id === undefined) === (options.file === undefined)) {
    throw new NightglassError('USAGE', 'Cannot measure: name either a camera or a file', {
      hint: 'A camera of the configuration by its id (with -c FILE), footage with --file.',
    });
  }
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  try {
    const wanted = { seconds: options.seconds, signal: stopped.signal };
    const pictures =
      id === undefined
        ? picturesOfFile(options.file ?? '', wanted)
        : picturesOfCamera(id, options.config, wanted);
    const profile = await measure(id ?? options.file ?? '', pictures, options.seconds);
    if (options.json !== undefined) await write(options.json, `${JSON.stringify(profile)}\n`);
    if (options.html !== undefined) await write(options.html, profileHtml(profile));
    process.stdout.write(profileText(profile));
  } finally {
    process.off('SIGINT', stop);
  }
}

/** A picture of so many pixels is enough for its colour. */
const colourSize = { width: 64, height: 36 };
/** Mean difference of the channels below which a picture is monochrome, grey values: noise of the scaling alone. */
const monochrome = 2;

async function measure(
  source: string,
  { pictures, facts }: ProfiledPictures,
  seconds: number,
): Promise<NoiseProfile> {
  const [noise, grid] = [new NoiseGatherer(), new BlockGridGatherer()];
  let [colour, looked] = [0, 0];
  let size = { width: 0, height: 0 };
  const progress = showProgress(`profile ${source}`);
  try {
    for await (const { picture, mediaTime } of pictures) {
      size = { width: picture.width, height: picture.height };
      const luma = await picture.luma(size);
      noise.add(luma);
      if (looked % 10 === 0) grid.add(luma);
      colour += await colourOf(picture);
      looked += 1;
      progress.update(mediaTime / 1_000 / seconds);
    }
  } finally {
    progress.done();
  }
  const measured = noise.sums === null ? null : cameraNoise(noise.sums);
  const { bitsPerPixel, quantiser, times } = facts();
  const timing = frameTiming(times);
  if (measured === null || timing === null || looked < leastPictures) {
    throw new NightglassError(
      'MEASUREMENT_FAILED',
      `Cannot measure the noise of ${source}: ${looked} pictures, too little of which stood still`,
      {
        hint: `It takes ${leastPictures} pictures and a scene that is not all dark, all bright, or moving.`,
      },
    );
  }
  return {
    ...{ version: 1, source, measuredAt: new Date().toISOString() },
    seconds: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000,
    video: size,
    noise: {
      shot: Math.sqrt(measured.transfer.gain / 255),
      read: measured.transfer.read / 255,
      column: measured.fixed.column / 255,
      row: measured.fixed.row / 255,
      rowNoise: measured.rowNoise / 255,
      pixel: measured.fixed.pixel / 255,
      hot: measured.fixed.hotShare,
      grain: grainOf(measured.alike),
    },
    blur: measured.blur,
    infrared: colour / looked < monochrome,
    colour: colour / looked,
    grid: grid.grid(),
    ...{ quantiser, bitsPerPixel, frameRate: timing, measured },
  };
}

/** Mean difference between the largest and the smallest channel. */
async function colourOf(picture: Picture): Promise<number> {
  const { data } = await picture.rgb(colourSize);
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    sum += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  return sum / (data.length / 3);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new NightglassError('ENVIRONMENT', `Cannot write ${file}`, { cause });
  });
  process.stderr.write(`wrote ${file}\n`);
}
