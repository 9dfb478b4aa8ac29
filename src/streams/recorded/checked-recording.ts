import { footageBounds, longestTimer } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { type ClipSpan, cutClip } from './cut-clip.ts';
import { unreadable } from './open-recording.ts';
import { hashOf } from './recording-hash.ts';
import { assertIdentity, bytesOf, changed, identityOf } from './recording-identity.ts';
import { withinTime } from './within-time.ts';

/** Bytes that are hashed in a millisecond at least. */
const leastHashed = 5_000;

/** A recorded file that was just hashed, as long as nobody touches it. */
export interface CheckedFile {
  /**
   * See `cutClip`.
   * @returns the part, and the second of the file at which it begins
   */
  cut(span: ClipSpan): Promise<{ readonly mp4: Uint8Array; readonly from: number }>;
}

/**
 * Hashes a whole file anew, whatever its times say, to cut parts of it.
 * @param sha256 what it must come to, hex
 * @throws NightglassError `CONFLICT` where it is another file by now, `STREAM_UNREACHABLE`, also
 *   where it takes too long
 */
export async function checkedRecording(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  clock: Clock,
): Promise<CheckedFile> {
  const identity = await identityOf(path);
  const within = <T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const late = () =>
      unreadable('STREAM_UNREACHABLE', path, `it took longer than ${Math.round(ms / 1_000)} s`);
    return withinTime({ clock, ms, late }, work);
  };
  const { clipMs } = footageBounds;
  const hashMs = Math.min(longestTimer, clipMs + bytesOf(identity) / leastHashed);
  if ((await within(hashMs, (signal) => hashOf(path, signal))) !== sha256) throw changed(path);
  await assertIdentity(path, identity);
  return {
    async cut(span) {
      let from = 0;
      const onBegin = (second: number) => {
        from = second;
      };
      const mp4 = await within(clipMs, (signal) =>
        cutClip(path, span, { identity, signal, onBegin }),
      );
      await assertIdentity(path, identity);
      return { mp4, from };
    },
  };
}
