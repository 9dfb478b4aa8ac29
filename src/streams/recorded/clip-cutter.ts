import { footageBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { type ClipSpan, cutClip } from './cut-clip.ts';
import { DiskWaits } from './disk-waits.ts';
import { unreadable } from './open-recording.ts';
import { hashOf } from './recording-hash.ts';
import { assertIdentity, changed, identityOf } from './recording-identity.ts';

/** A file as a search read it. */
export interface HashedRecording {
  readonly path: string;
  /** See `identityOf`; undefined: nothing but the hash is known. */
  readonly identity?: string | undefined;
  /** Of the whole file, hex. */
  readonly sha256: string;
}

/** Cuts clips from recorded files as they were hashed, each within its time. */
export class ClipCutter {
  readonly #waits: DiskWaits;

  /** @param waits what else is read of disks, where something is */
  constructor(clock: Clock, waits: DiskWaits = new DiskWaits(clock)) {
    this.#waits = waits;
  }

  /**
   * See `cutClip`. A file that was replaced or changed since it was hashed is not cut from; one that
   * was merely moved or touched is hashed again.
   * @throws NightglassError `CONFLICT` for another file, `STREAM_UNREACHABLE`, also when it takes too
   *   long, `STREAM_UNSUPPORTED`, `BUSY` while disks hang
   */
  cut(file: HashedRecording, span: ClipSpan): Promise<Uint8Array> {
    const ms = footageBounds.clipMs;
    const late = () =>
      unreadable('STREAM_UNREACHABLE', file.path, `it took longer than ${ms / 1_000} s`);
    return this.#waits.within({ ms, late }, (signal) => cutFrom(file, span, signal));
  }
}

async function cutFrom(
  { path, identity: known, sha256 }: HashedRecording,
  span: ClipSpan,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const identity = await identityOf(path);
  if (identity !== known && (await hashOf(path, signal)) !== sha256) throw changed(path);
  const clip = await cutClip(path, span, { identity, signal });
  // Nor may it have been written to meanwhile.
  await assertIdentity(path, identity);
  return clip;
}
