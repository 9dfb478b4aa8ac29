import { footageBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type ClipSpan, cutClip } from './cut-clip.ts';
import { unreadable } from './open-recording.ts';
import { hashOf } from './recording-hash.ts';
import { assertIdentity, changed, identityOf } from './recording-identity.ts';
import { withinTime } from './within-time.ts';

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
  readonly #clock: Clock;
  /** Cuts that took too long and hang in their disk. */
  #hanging = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * See `cutClip`. A file that was replaced or changed since it was hashed is not cut from; one that
   * was merely moved or touched is hashed again.
   * @throws NightglassError `CONFLICT` for another file, `STREAM_UNREACHABLE`, also when it takes too
   *   long, `STREAM_UNSUPPORTED`, `BUSY` while earlier ones hang
   */
  async cut(file: HashedRecording, span: ClipSpan): Promise<Uint8Array> {
    const { clipMs, clipsAtOnce } = footageBounds;
    if (this.#hanging >= clipsAtOnce) {
      throw new NightglassError('BUSY', 'Cannot cut a clip: the disk does not answer', {
        hint: 'See whether the folder of the footage can be read.',
      });
    }
    const limit = {
      ...{ clock: this.#clock, ms: clipMs },
      late: () =>
        unreadable('STREAM_UNREACHABLE', file.path, `it took longer than ${clipMs / 1_000} s`),
    };
    return withinTime(limit, (signal) => {
      const work = cutFrom(file, span, signal);
      signal.addEventListener('abort', () => void this.#await(work), { once: true });
      return work;
    });
  }

  async #await(work: Promise<unknown>): Promise<void> {
    this.#hanging += 1;
    await work.catch(() => undefined);
    this.#hanging -= 1;
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
