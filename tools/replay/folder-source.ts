import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { NightglassError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame/frame.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import {
  type FootageOptions,
  type FootagePicture,
  footageFrames,
} from '../../src/streams/recorded/footage.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';

export interface FolderSourceOptions extends FootageOptions {
  readonly path: string;
  /** Pictures a second of media time; default 10. */
  readonly framesPerSecond?: number;
}

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.bmp']);

/**
 * The images of a folder as frames, in the order of their names (numbers by
 * value). An image that cannot be decoded counts as a `decode_error`.
 * @throws NightglassError `STREAM_UNREACHABLE` when the folder cannot be read
 */
export function openFolder(options: FolderSourceOptions): AsyncGenerator<Frame, void, undefined> {
  return footageFrames(pictures(options), options);
}

async function* pictures(options: FolderSourceOptions): AsyncGenerator<FootagePicture> {
  const codec = createImageCodec();
  const interval = 1000 / (options.framesPerSecond ?? 10);
  const names = await list(options.path);
  for (const [index, name] of names.entries()) {
    if (options.signal?.aborted) return;
    let image: RgbImage;
    try {
      image = await codec.decode(await readFile(join(options.path, name)));
    } catch {
      options.ledger.drop(options.cameraId, 'decode_error');
      continue;
    }
    yield { picture: pictureFromRgb(image), mediaTime: index * interval };
  }
}

async function list(path: string): Promise<string[]> {
  const collator = new Intl.Collator('en', { numeric: true });
  try {
    const names = await readdir(path);
    return names
      .filter((name) => extensions.has(extname(name).toLowerCase()))
      .sort(collator.compare);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new NightglassError('STREAM_UNREACHABLE', `Cannot read the folder ${path}: ${code}`, {
      cause: error,
    });
  }
}
