import { evidenceBounds } from '../../domain/bounds.ts';
import { clipSpan } from '../footage/clip-span.ts';
import { sha256InTurns } from '../sha256-in-turns.ts';
import { type CaseClip, clipsTooLarge } from './case-clips.ts';
import type { CaseWatch } from './case-progress.ts';
import type { CaseFootage, CaseRecording, CaseSearch, CaseSighting } from './case-search.ts';
import { inPieces } from './in-pieces.ts';
import type { CheckedRecording } from './recordings.ts';

/** The clip of a sighting, and the second of its file at which it begins. */
export interface SightingClip extends CaseClip {
  readonly sightingId: string;
  readonly from: number;
}

/** Its place in a case. */
export function sightingClipPath(sightingId: string): string {
  return `footage/${sightingId}/clip.mp4`;
}

/**
 * The seconds around each sighting, cut from the files that were searched: each must still be what
 * its hash says. They are cut once to be hashed and again to be sent, one at a time: nothing of them
 * is kept.
 * @throws NightglassError `CONFLICT` for a file that has changed since, `STREAM_UNREACHABLE`,
 * `STREAM_UNSUPPORTED`, `FORBIDDEN`, `BAD_REQUEST` for more than a case takes,
 * `BUSY` while disks hang; the reason of the signal, which ends it at once
 */
export async function clipsOfSearches(
  searches: readonly CaseSearch[],
  footage: CaseFootage,
  { signal }: Pick<CaseWatch, 'signal'> = {},
): Promise<SightingClip[]> {
  const clips: SightingClip[] = [];
  const opened = new Map<string, CheckedRecording>();
  let all = 0;
  for (const { sighting, recording } of recorded(searches)) {
    const file = await openOnce(recording, (named) => footage.open(named, signal), opened);
    const clip = await clipOf(sighting, file, signal);
    all += clip.file.bytes;
    if (all > evidenceBounds.allClipBytes) throw clipsTooLarge();
    clips.push(clip);
  }
  return clips;
}

/** How many clips {@link clipsOfSearches} cuts. */
export function clipCountOf(searches: readonly CaseSearch[]): number {
  return recorded(searches).length;
}

/** The sightings with the files that they are in. */
function recorded(searches: readonly CaseSearch[]) {
  return searches.flatMap(({ recordings, sightings }) =>
    sightings.flatMap((sighting) => {
      const recording = recordings.find(({ file }) => file === sighting.file);
      return recording === undefined ? [] : [{ sighting, recording }];
    }),
  );
}

/** Hashing a file takes as long as reading it: once a case. */
async function openOnce(
  { path, sha256 }: CaseRecording,
  open: CaseFootage['open'],
  opened: Map<string, CheckedRecording>,
): Promise<CheckedRecording> {
  // A file that somebody was seen in was hashed before it was searched.
  const hash = sha256 ?? '';
  const key = `${hash} ${path}`;
  const known = opened.get(key) ?? (await open({ path, sha256: hash }));
  opened.set(key, known);
  return known;
}

async function clipOf(
  sighting: CaseSighting,
  file: CheckedRecording,
  signal: AbortSignal | undefined,
): Promise<SightingClip> {
  const { id, at, place } = sighting;
  const span = clipSpan(sighting);
  const { mp4, from } = await file.cut(span, signal);
  return {
    ...{ sightingId: id, from },
    file: {
      ...{ path: sightingClipPath(id), bytes: mp4.byteLength },
      sha256: await sha256InTurns(mp4),
    },
    // When it is sent nobody watches the making any more.
    async *read(stop) {
      yield* inPieces((await file.cut(span, stop)).mp4);
    },
    seen: () => ({ time: (at - from) * 1_000, place }),
  };
}
