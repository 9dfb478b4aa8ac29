import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const windowBytes = 8;

/** Every file of a folder, to be searched for what should not be in it. */
export class ByteSearch {
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
  readonly #windows = new Set<bigint>();

  constructor(folder: string) {
    this.files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => ({
        name: entry.name,
        bytes: readFileSync(join(entry.parentPath, entry.name)),
      }));
    for (const { bytes } of this.files) {
      for (let at = 0; at + windowBytes <= bytes.length; at += 1) {
        this.#windows.add(bytes.readBigUInt64LE(at));
      }
    }
  }

  /**
   * How many of the content's pieces of eight bytes are anywhere in the files: none of random
   * content that is gone (by chance one in 10^12), nearly all of what is there.
   */
  pieces(content: Uint8Array): number {
    const { buffer, byteOffset, byteLength } = content;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    let found = 0;
    for (let at = 0; at + windowBytes <= bytes.length; at += windowBytes) {
      if (this.#windows.has(bytes.readBigUInt64LE(at))) found += 1;
    }
    return found;
  }

  /** How often a text or a sequence of bytes stands in the files. */
  count(content: string | Uint8Array): number {
    let found = 0;
    for (const { bytes } of this.files) {
      for (let at = bytes.indexOf(content); at !== -1; at = bytes.indexOf(content, at + 1)) {
        found += 1;
      }
    }
    return found;
  }
}
