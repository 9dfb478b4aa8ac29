import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { NightglassError } from '../../domain/errors.ts';

/**
 * Path of the ffmpeg program: `configured`, else the one on PATH, else the one
 * that an npm package ships.
 * @throws NightglassError `PREVIEW_UNAVAILABLE`
 */
export function findFfmpeg(configured?: string, searchPath = process.env['PATH'] ?? ''): string {
  if (configured !== undefined) {
    if (isExecutable(configured)) return configured;
    throw new NightglassError(
      'PREVIEW_UNAVAILABLE',
      `Cannot run the preview: ${configured} is no program`,
      {
        hint: 'Correct the path of the ffmpeg program, or leave it out.',
      },
    );
  }
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.map((folder) => join(folder, name)), shipped()];
  const found = candidates.find((path) => path !== null && isExecutable(path));
  if (found) return found;
  throw new NightglassError(
    'PREVIEW_UNAVAILABLE',
    'Cannot run the preview: there is no ffmpeg program',
    {
      hint: 'Install ffmpeg.',
    },
  );
}

function shipped(): string | null {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    return path;
  } catch {
    // The package throws where it has no program for the platform.
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
