import { NightglassError } from '../../domain/errors.ts';

/** `STORE_UNWRITABLE`, with what to do about it. */
export function unwritable(message: string, cause?: unknown): NightglassError {
  const hint = 'Give the data folder free space and write permission.';
  return new NightglassError('STORE_UNWRITABLE', message, { hint, cause });
}
