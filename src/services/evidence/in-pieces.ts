import { othersFirst } from '../in-turns.ts';

const pieceBytes = 1024 * 1024;

/** A file in memory as it is sent: others have the event loop in between. */
export async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield bytes.subarray(at, at + pieceBytes);
    await othersFirst();
  }
}
