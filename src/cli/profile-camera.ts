import { writeFile } from 'node:fs/promises';
import { cameraSettings } from '../app/camera-settings.ts';
import { measureNoise } from '../app/measure-noise.ts';
import {
  type ProfiledPictures,
  picturesOfCamera,
  picturesOfFile,
} from '../app/profile-pictures.ts';
import { loadConfig } from '../config/load-config.ts';
import type { NoiseProfile } from '../domain/camera-noise/noise-profile.ts';
import { NightglassError } from '../domain/errors.ts';
import { resolveHost } from '../streams/rtsp/wire.ts';
import { profileHtml } from './profile-html.ts';
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
        : picturesOfCamera(cameraOf(id, options.config), wanted);
    const profile = await measure(id ?? options.file ?? '', pictures, options.seconds);
    if (options.json !== undefined) await write(options.json, `${JSON.stringify(profile)}\n`);
    if (options.html !== undefined) await write(options.html, profileHtml(profile));
    process.stdout.write(profileText(profile));
  } finally {
    process.off('SIGINT', stop);
  }
}

async function measure(
  source: string,
  pictures: ProfiledPictures,
  seconds: number,
): Promise<NoiseProfile> {
  const progress = showProgress(`profile ${source}`);
  try {
    const onProgress = (share: number) => progress.update(share);
    const measurement = await measureNoise(pictures, { seconds, onProgress });
    return measurement.profile(source, pictures.facts(), new Date().toISOString());
  } finally {
    progress.done();
  }
}

function cameraOf(id: string, file: string | undefined) {
  if (file === undefined) {
    throw new NightglassError('USAGE', `Cannot measure ${id}: no configuration is named`, {
      hint: 'Name it with -c FILE, or footage with --file.',
    });
  }
  const { config, baseDir } = loadConfig(file);
  const camera = cameraSettings(config, baseDir, process.env).find((each) => each.id === id);
  if (camera !== undefined) return { ...camera, addresses: resolveHost };
  throw new NightglassError('NOT_FOUND', `Cannot measure ${id}: ${file} has no such camera`, {
    hint: 'Cameras that were added to a running Nightglass are not in the file: measure them in the dashboard, or a recording with --file.',
  });
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new NightglassError('ENVIRONMENT', `Cannot write ${file}`, { cause });
  });
  process.stderr.write(`wrote ${file}\n`);
}
