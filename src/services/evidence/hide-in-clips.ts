import { buffer } from 'node:stream/consumers';
import { evidenceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { FaceBlur } from './blur/face-blur.ts';
import type { CaseEntry } from './case-archive.ts';
import type { CaseClip } from './case-clips.ts';
import { describeFile } from './case-manifest.ts';
import { inPieces } from './in-pieces.ts';

/**
 * The clips with faces of others hidden; one in which there are none stays as it was recorded. What
 * was coded again is held in memory until it is sent.
 * @throws NightglassError `BAD_REQUEST` for more than can be done, or what cannot be decoded
 */
export async function hideInClips(
  clips: readonly CaseClip[],
  blur: FaceBlur,
): Promise<CaseEntry[]> {
  const { blurredClips, blurredClipBytes, allBlurredBytes } = evidenceBounds;
  if (clips.length > blurredClips || clips.some(({ file }) => file.bytes > blurredClipBytes)) {
    throw tooMuch();
  }
  const entries: CaseEntry[] = [];
  let all = 0;
  for (const clip of clips) {
    const { file, read } = clip;
    const recorded = await buffer(read());
    const { bytes, sha256 } = describeFile(file.path, recorded);
    if (sha256 !== file.sha256) {
      throw new NightglassError('STORE_CORRUPT', `Cannot export ${file.path}: it is damaged`);
    }
    const hidden = await hiddenIn(recorded, clip, blur);
    if (hidden === null) {
      entries.push(clip);
      continue;
    }
    all += hidden.byteLength;
    if (all > allBlurredBytes) throw tooMuch();
    const described = { ...describeFile(file.path, hidden), original: { bytes, sha256 } };
    entries.push({ file: described, read: () => inPieces(hidden) });
  }
  return entries;
}

async function hiddenIn(
  recorded: Buffer,
  { file, seen }: CaseClip,
  blur: FaceBlur,
): Promise<Uint8Array | null> {
  try {
    return await blur.clip(recorded, seen());
  } catch (cause) {
    if (!(cause instanceof NightglassError) || cause.code !== 'STREAM_UNSUPPORTED') throw cause;
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot hide faces in ${file.path}: ${cause.message}`,
      { hint: 'Leave the clips out, or have an admin export them with everybody shown.', cause },
    );
  }
}

function tooMuch(): NightglassError {
  const { blurredClips } = evidenceBounds;
  return new NightglassError(
    'BAD_REQUEST',
    `Cannot export evidence: faces are hidden in at most ${blurredClips} clips at once`,
    { hint: 'Export less at once, or leave the clips out.' },
  );
}
