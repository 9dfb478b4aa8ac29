import { evidenceBounds } from '../../domain/bounds.ts';
import type { CaseEntry } from './case-archive.ts';

/** The pictures that a report shows: those that fit into a bounded number of bytes. */
export class ShownPictures {
  /** JPEG by path in the archive. */
  readonly pictures = new Map<string, Uint8Array>();
  #bytes = 0;

  /**
   * Takes a picture where it fits. The entry then gives these very bytes: what is open may get a
   * better picture while it is exported, and this one is signed.
   */
  take(entry: CaseEntry, bytes: Uint8Array): CaseEntry {
    if (this.#bytes + bytes.byteLength > evidenceBounds.shownBytes) return entry;
    this.#bytes += bytes.byteLength;
    this.pictures.set(entry.file.path, bytes);
    async function* read() {
      yield bytes;
    }
    return { ...entry, read };
  }
}
