import { readFile } from 'node:fs/promises';
import { NightglassError } from '../domain/errors.ts';

/** Bytes of a picture file. @throws NightglassError `IMAGE_INVALID` */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new NightglassError('IMAGE_INVALID', `Cannot read ${path}: ${why}`, { cause });
  }
}
