import { evidenceBounds } from '../../domain/bounds.ts';
import type { CaseEntry } from './case-archive.ts';

/** The pictures that a report shows: those that fit into a bounded number of bytes. */
export class ShownPictures {
  /** JPEG by path in the archive. */
  readonly pictures = new Map<string, Uint8Array>();
  readonly #hold: (bytes: number) => void;
  #bytes = 0;

  /** @param hold counts what is held in memory; throws where that is too much */
  constructor(hold: (bytes: number) => void) {
    this.#hold = hold;
  }

  /**
   * Takes a picture where it fits. The entry then gives these very bytes: what is open may get a
   * better picture while it is exported, and this one is signed.
   */
  take(entry: CaseEntry, bytes: Uint8Array): CaseEntry {
    const fits = this.#bytes + bytes.byteLength <= evidenceBounds.shownBytes;
    // One that was coded again is held whether it is shown or not.
    if (fits || entry.file.original !== undefined) this.#hold(bytes.byteLength);
    if (!fits) return entry;
    return this.#show(entry, bytes);
  }

  /** The same for an entry that holds these bytes itself, whether they are shown or not. */
  keep(entry: CaseEntry, bytes: Uint8Array): CaseEntry {
    this.#hold(bytes.byteLength);
    const fits = this.#bytes + bytes.byteLength <= evidenceBounds.shownBytes;
    return fits ? this.#show(entry, bytes) : entry;
  }

  #show(entry: CaseEntry, bytes: Uint8Array): CaseEntry {
    this.#bytes += bytes.byteLength;
    this.pictures.set(entry.file.path, bytes);
    async function* read() {
      yield bytes;
    }
    return { ...entry, read };
  }
}
