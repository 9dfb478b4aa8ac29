import { buffer } from 'node:stream/consumers';
import { evidenceBounds } from '../../domain/bounds.ts';
import type { WithheldFile } from '../../domain/case-progress.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { BlurWatch, FaceBlur } from './blur/face-blur.ts';
import type { CaseEntry } from './case-archive.ts';
import type { CaseClip } from './case-clips.ts';
import { describeFile } from './case-manifest.ts';
import { type CaseWatch, tellProgress } from './case-progress.ts';
import { inPieces } from './in-pieces.ts';

/** How clips are looked at, and what they may take. */
export interface HidingOptions extends CaseWatch {
  readonly blur: FaceBlur;
  /** Counts what is held in memory. @throws NightglassError where that is too much */
  readonly hold: (bytes: number) => void;
}

/** What of the clips leaves, and what does not. */
export interface HiddenClips {
  readonly entries: readonly CaseEntry[];
  readonly withheld: readonly WithheldFile[];
}

/**
 * The clips with faces of others hidden; one in which there are none stays as it was recorded. What
 * was coded again is held in memory until it is sent. A clip that cannot be decoded to its last
 * picture is withheld: nobody knows who is seen in the rest.
 * @throws NightglassError `BAD_REQUEST` for more than can be done, `STORE_CORRUPT`, those of `hold`
 */
export async function hideInClips(
  clips: readonly CaseClip[],
  options: HidingOptions,
): Promise<HiddenClips> {
  assertFewClips(clips);
  const entries: CaseEntry[] = [];
  const withheld: WithheldFile[] = [];
  for (const [at, clip] of clips.entries()) {
    tellProgress(options, 'clips', at, clips.length);
    const { signal } = options;
    const onShare = (share: number) => tellProgress(options, 'clips', at, clips.length, share);
    const entry = await hiddenIn(clip, options, { onShare, signal });
    if (entry === null) withheld.push({ path: clip.file.path, reason: 'undecodable' });
    else entries.push(entry);
  }
  return { entries, withheld };
}

/**
 * Whether faces can be hidden in so many clips.
 * @param more further ones, which are not cut yet
 * @throws NightglassError `BAD_REQUEST`
 */
export function assertFewClips(clips: readonly CaseClip[], more = 0): void {
  const { blurredClips, blurredClipBytes } = evidenceBounds;
  const isLarge = clips.some(({ file }) => file.bytes > blurredClipBytes);
  if (isLarge || clips.length + more > blurredClips) throw tooMuch();
}

/** Null where it cannot be decoded. */
async function hiddenIn(
  clip: CaseClip,
  { blur, hold }: HidingOptions,
  watch: BlurWatch,
): Promise<CaseEntry | null> {
  const { file, read, seen } = clip;
  const recorded = await buffer(read(watch.signal));
  const { bytes, sha256 } = describeFile(file.path, recorded);
  if (sha256 !== file.sha256) {
    throw new NightglassError('STORE_CORRUPT', `Cannot export ${file.path}: it is damaged`);
  }
  let hidden: Uint8Array | null;
  try {
    hidden = await blur.clip(recorded, seen(), watch);
  } catch (error) {
    if (isNightglassError(error, 'STREAM_UNSUPPORTED')) return null;
    throw error;
  }
  if (hidden === null) return clip;
  const made = hidden;
  hold(made.byteLength);
  const described = { ...describeFile(file.path, made), original: { bytes, sha256 } };
  return { file: described, read: () => inPieces(made) };
}

function tooMuch(): NightglassError {
  const { blurredClips } = evidenceBounds;
  return new NightglassError(
    'BAD_REQUEST',
    `Cannot export evidence: faces are hidden in at most ${blurredClips} clips at once`,
    { hint: 'Export less at once, or leave the clips out.' },
  );
}
