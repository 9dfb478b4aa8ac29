import { createHash } from 'node:crypto';
import { inTurns } from './in-turns.ts';

/** Bytes that are hashed in one step: half a millisecond to two, by the processor. */
const bytesAtOnce = 1024 * 1024;

/** SHA-256 in hexadecimal. Others have the event loop in between: an archive takes seconds. */
export function sha256InTurns(bytes: Uint8Array): Promise<string> {
  return inTurns(sha256Of(bytes));
}

function* sha256Of(bytes: Uint8Array): Generator<void, string> {
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.length; from += bytesAtOnce) {
    if (from > 0) yield;
    hash.update(bytes.subarray(from, from + bytesAtOnce));
  }
  return hash.digest('hex');
}
