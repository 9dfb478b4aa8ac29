import { accessSync, chmodSync, constants, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NightglassError } from '../../domain/errors.ts';
import type { PictureView } from '../shape/picture-view.ts';
import { launcherFolder } from './launcher-folder.ts';

/** Of the environment, the encoder gets this: it decodes what strangers send, and the rest may hold secrets. */
const passedOn = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'LANG', 'TZ'];

/** A program that takes ffmpeg's arguments and turns the camera's pictures into the preview's. */
export interface PreviewProgram extends Disposable {
  readonly path: string;
}

/**
 * The configured ffmpeg program, else the encoder that comes with the product,
 * behind a launcher that hands on nothing but `passedOn` of the environment:
 * node-rtsp-stream's muxer gives its child all of it.
 * Disposing it removes the launcher.
 * @throws NightglassError `PREVIEW_UNAVAILABLE`
 */
export function preparePreviewProgram(
  view: PictureView,
  configured?: string,
  environment: NodeJS.ProcessEnv = process.env,
): PreviewProgram {
  if (configured !== undefined && !isExecutable(configured)) {
    throw unavailable(`${configured} is no program`, {
      hint: 'Correct the path of the ffmpeg program, or leave it out.',
    });
  }
  const command = configured === undefined ? ownEncoder(view) : [configured];
  let folder: string;
  try {
    folder = launcherFolder();
    const path = join(folder, 'encode');
    writeFileSync(path, launcher(command, environment), { mode: 0o700 });
    // The mode above is subject to the umask.
    chmodSync(path, 0o700);
    return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (cause) {
    throw unavailable('its launcher cannot be written', {
      hint: `Make ${tmpdir()} writable, or set TMPDIR to a folder that is.`,
      cause,
    });
  }
}

/** Node, the encoder's file, beside this one with the same extension, and how to show the picture. */
function ownEncoder(view: PictureView): string[] {
  const here = import.meta.url;
  return [
    process.execPath,
    fileURLToPath(new URL(`encode-preview${extname(fileURLToPath(here))}`, here)),
    JSON.stringify(view),
  ];
}

function launcher(command: readonly string[], environment: NodeJS.ProcessEnv): string {
  const kept = passedOn.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return `#!/bin/sh\nexec env -i ${[...kept, ...command].map(quoted).join(' ')} "$@"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function unavailable(why: string, options: { hint: string; cause?: unknown }): NightglassError {
  return new NightglassError('PREVIEW_UNAVAILABLE', `Cannot run the preview: ${why}`, options);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
