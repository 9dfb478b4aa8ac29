import { footageBounds } from '../../domain/bounds.ts';
import { type ClipSpan, cutClip } from './cut-clip.ts';
import type { DiskWaits, DiskWork } from './disk-waits.ts';
import { unreadable } from './open-recording.ts';
import { hashOf } from './recording-hash.ts';
import { assertIdentity, bytesOf, changed, identityOf } from './recording-identity.ts';

/** A recorded file that was just hashed, as long as nobody touches it. */
export interface CheckedFile {
  /**
   * See `cutClip`.
   * @param signal ends it at once
   * @returns the part, and the second of the file at which it begins
   */
  cut(
    span: ClipSpan,
    signal?: AbortSignal,
  ): Promise<{ readonly mp4: Uint8Array; readonly from: number }>;
}

/**
 * Hashes a whole file anew, whatever its times say, to cut parts of it.
 * @param sha256 what it must come to, hex
 * @throws NightglassError `CONFLICT` where it is another file by now, `STREAM_UNREACHABLE`, also
 *   where it takes too long, `BUSY` while disks hang; the signal's reason
 */
export async function checkedRecording(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  { waits, signal }: { readonly waits: DiskWaits; readonly signal?: AbortSignal | undefined },
): Promise<CheckedFile> {
  const { clipMs, leastRead } = footageBounds;
  const late = () => unreadable('STREAM_UNREACHABLE', path, 'the disk does not answer in time');
  const within = <T>(most: number, stop: AbortSignal | undefined, work: DiskWork<T>) =>
    waits.within({ ms: clipMs, most, late, signal: stop }, work);
  const identity = await within(clipMs, signal, () => identityOf(path));
  const hashMs = clipMs + bytesOf(identity) / leastRead;
  await within(hashMs, signal, async (over, alive) => {
    if ((await hashOf(path, over, alive)) !== sha256) throw changed(path);
    await assertIdentity(path, identity);
  });
  return {
    async cut(span, stop) {
      let from = 0;
      const onBegin = (second: number) => {
        from = second;
      };
      const mp4 = await within(clipMs, stop, async (over) => {
        const cut = await cutClip(path, span, { identity, signal: over, onBegin });
        await assertIdentity(path, identity);
        return cut;
      });
      return { mp4, from };
    },
  };
}
