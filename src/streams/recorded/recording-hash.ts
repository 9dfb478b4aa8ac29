import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { unreachable } from './recording-identity.ts';

/**
 * SHA-256 of a whole file, hex.
 * @throws NightglassError `STREAM_UNREACHABLE`; the signal's reason
 * @param alive told of each piece
 */
export async function hashOf(
  path: string,
  signal?: AbortSignal,
  alive: () => void = () => undefined,
): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      signal?.throwIfAborted();
      alive();
      hash.update(piece as Buffer);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(path, cause);
  }
  return hash.digest('hex');
}
