import { stat } from 'node:fs/promises';
import { NightglassError } from '../../domain/errors.ts';

/**
 * What tells a file from another one under its name, and from itself before it was written to:
 * device, number, size, and when it was changed.
 * @throws NightglassError `STREAM_UNREACHABLE` where it is not there, or no file
 */
export async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw unreachable(path, cause);
  });
  if (!found.isFile()) {
    throw new NightglassError('STREAM_UNREACHABLE', `Cannot read ${path}: it is no file`);
  }
  const { dev, ino, size, mtimeNs } = found;
  return [dev, ino, size, mtimeNs].join(':');
}

/** The size that an identity names. */
export function bytesOf(identity: string): number {
  return Number(identity.split(':')[2]);
}

/** @throws NightglassError `CONFLICT` where it is another file by now, `STREAM_UNREACHABLE` */
export async function assertIdentity(path: string, identity: string): Promise<void> {
  if ((await identityOf(path)) !== identity) throw changed(path);
}

/** `CONFLICT` */
export function changed(path: string): NightglassError {
  return new NightglassError(
    'CONFLICT',
    `Cannot read ${path}: it has changed since it was hashed`,
    {
      hint: 'Search it anew.',
    },
  );
}

/** `STREAM_UNREACHABLE` */
export function unreachable(path: string, cause: unknown): NightglassError {
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new NightglassError('STREAM_UNREACHABLE', `Cannot read ${path}: ${why}`, {
    hint: 'Check the path and who may read it.',
    cause,
  });
}
