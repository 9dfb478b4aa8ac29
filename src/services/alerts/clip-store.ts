import { createHash } from 'node:crypto';
import type {
  AlertClip,
  ClipFaces,
  ClipPlace,
  ClipReason,
  NewClip,
  ReadyClip,
} from '../../domain/clip.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { ClipTable, clipPartBytes } from '../../store/clip-table.ts';
import type { Store } from '../../store/store.ts';

export interface ClipStoreOptions {
  readonly store: Store;
  /** Bytes that all clips may take of the disk. */
  readonly quota: number;
  /** Bytes that they leave free. */
  readonly leftFree: number;
  /** Free bytes of the disk; undefined where it does not say. */
  readonly freeBytes: () => number | undefined;
}

/** Parts in one transaction: each one ends on the disk (`synchronous = FULL`). */
const partsAtOnce = 2;
const deletedAtOnce = 8;

/** A clip for reading. */
export interface StoredClip {
  readonly bytes: number;
  /** Bytes `from` to before `until`, part by part. */
  read(from: number, until: number): Generator<Uint8Array>;
}

/** Clips of alerts as evidence beside their pictures, in parts that are written and read singly. */
export class ClipStore {
  readonly #options: ClipStoreOptions;
  readonly #store: Store;
  readonly #table: ClipTable;

  constructor(options: ClipStoreOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#table = new ClipTable(options.store);
  }

  /** Bytes of all clips on the disk. */
  bytes(): number {
    return this.#store.readOr(() => this.#table.bytes(), 0);
  }

  /** Appearances whose clips were being recorded when the program ended. */
  pending(): readonly ClipPlace[] {
    return this.#table.pending();
  }

  /**
   * Writes a clip, some parts a step. What there is of one that cannot be written goes again.
   * @returns the clip as it is stored, or why it is not
   */
  *keep(place: ClipPlace, { clip, faces, file }: NewClip): Generator<void, ReadyClip | ClipReason> {
    const refused = this.#refusal(clip.bytes);
    if (refused !== null) return refused;
    const hash = createHash('sha256');
    const seen = Buffer.from(JSON.stringify(faces));
    try {
      let part = 0;
      for (const batch of batches(inParts(file, hash), partsAtOnce)) {
        const first = part;
        part += batch.length;
        const isKept = this.#store.write(() =>
          batch.every((bytes, at) => this.#table.put(place, first + at, bytes)),
        );
        if (!isKept) return 'not_stored';
        yield;
      }
      const isKept = this.#store.write(() => this.#table.put(place, 'faces', seen));
      return isKept ? { ...clip, sha256: hash.digest('hex') } : 'not_stored';
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      yield* this.discard(place);
      return 'not_stored';
    }
  }

  /** Deletes what there is of a clip, some parts a step. What the folder refuses stays. */
  *discard(place: ClipPlace): Generator<void, void> {
    try {
      for (let gone = deletedAtOnce; gone === deletedAtOnce; ) {
        gone = this.#store.write(() => this.#table.delete(place, deletedAtOnce));
        yield;
      }
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
    }
  }

  /** Deletes up to `limit` parts of clips of alerts whose time is over: a clip is large, an alert is not. */
  purgeDue(now: number, limit: number): number {
    return this.#store.write(() => this.#table.deleteDue(now, limit));
  }

  /** A clip that is ready, to be read. */
  open(place: ClipPlace, clip: AlertClip): StoredClip | null {
    if (clip.state !== 'ready') return null;
    const { bytes } = clip;
    const table = this.#table;
    return {
      bytes,
      *read(from, until) {
        for (let at = from; at < until; ) {
          const part = Math.floor(at / clipPartBytes);
          const content = table.get(place, part);
          // Deleted meanwhile: the answer ends, shorter than it was said to be.
          if (content === undefined) return;
          const start = part * clipPartBytes;
          yield content.subarray(at - start, Math.min(until - start, content.length));
          at = start + clipPartBytes;
        }
      },
    };
  }

  /** What was seen in a clip; null where there is none. */
  faces(place: ClipPlace): ClipFaces | null {
    const bytes = this.#table.get(place, 'faces');
    return bytes === undefined ? null : JSON.parse(Buffer.from(bytes).toString());
  }

  #refusal(bytes: number): ClipReason | null {
    const { freeBytes, leftFree, quota } = this.#options;
    if (!this.#store.health().durable && this.#store.health().mode !== 'memory')
      return 'not_stored';
    if (this.bytes() + bytes > quota) return 'quota';
    const free = freeBytes();
    return free !== undefined && free < bytes + leftFree ? 'disk_full' : null;
  }
}

/** The file in parts of one size, the last one shorter. */
function* inParts(
  file: Iterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): Generator<Uint8Array> {
  let part = Buffer.alloc(clipPartBytes);
  let filled = 0;
  for (let rest of file) {
    while (rest.length > 0) {
      const piece = rest.subarray(0, clipPartBytes - filled);
      part.set(piece, filled);
      filled += piece.length;
      rest = rest.subarray(piece.length);
      if (filled < clipPartBytes) continue;
      hash.update(part);
      yield part;
      part = Buffer.alloc(clipPartBytes);
      filled = 0;
    }
  }
  hash.update(part.subarray(0, filled));
  if (filled > 0) yield part.subarray(0, filled);
}

function* batches<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
