import type { Alert } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import type { WithheldFile } from '../../domain/case-progress.ts';
import { systemClock } from '../../domain/clock.ts';
import type { ClipStore } from '../alerts/clip-store.ts';
import type { FaceBlur } from './blur/face-blur.ts';
import type { CaseEntry } from './case-archive.ts';
import { clipsOfCase } from './case-clips.ts';
import type { CaseFootage, CaseSearch } from './case-search.ts';
import { collectPictures, type PictureSources } from './collect-pictures.ts';
import { type ExportPlace, ExportRoom } from './export-room.ts';
import { clipCountOf, clipsOfSearches, type SightingClip } from './footage-clips.ts';
import { collectFootagePictures } from './footage-pictures.ts';
import { assertFewClips, type HiddenClips, hideInClips } from './hide-in-clips.ts';
import { ShownPictures } from './shown-pictures.ts';

/** What a case is of. */
export interface CaseMatter {
  readonly records: readonly AlertRecord<Alert>[];
  readonly searches: readonly CaseSearch[];
}

/** Where pictures and clips are. */
export interface ContentSources extends Omit<PictureSources, 'blur'> {
  readonly clips: Pick<ClipStore, 'open' | 'faces'>;
  /** Needed where a case is to hold sightings in recorded footage. */
  readonly footage?: CaseFootage;
  /** What the case takes up beside others; without it, it is alone. */
  readonly place?: Pick<ExportPlace, 'hold'>;
}

export interface CaseContents {
  readonly entries: readonly CaseEntry[];
  /** Pictures that the report shows, by path in the archive. */
  readonly shown: ReadonlyMap<string, Uint8Array>;
  /** The searches, each sighting with where its clip begins. */
  readonly searches: readonly CaseSearch[];
  /** What was asked for and is not in it. */
  readonly withheld: readonly WithheldFile[];
}

/**
 * Pictures and clips of a case, with faces of others hidden where `blur` is given.
 * @throws NightglassError as {@link clipsOfSearches} and {@link hideInClips}, `IMAGE_INVALID`
 */
export async function contentsOfCase(
  { records, searches }: CaseMatter,
  { withClips, blur }: { readonly withClips: boolean; readonly blur: FaceBlur | undefined },
  options: ContentSources,
): Promise<CaseContents> {
  const ofAlerts = withClips ? clipsOfCase(records, options.clips) : [];
  // Before a file is hashed for what is not made.
  if (withClips && blur !== undefined) assertFewClips(ofAlerts, clipCountOf(searches));
  const ofSightings =
    withClips && searches.length > 0
      ? await clipsOfSearches(searches, footageOf(options), options)
      : [];
  const place = options.place ?? new ExportRoom(systemClock).enter();
  const hold = (bytes: number) => place.hold(bytes);
  const shown = new ShownPictures(hold);
  const entries = await collectPictures(records, { ...options, blur }, shown);
  if (searches.length > 0) {
    const { codec } = options;
    entries.push(...(await collectFootagePictures(searches, footageOf(options), codec, shown)));
  }
  const clips = [...ofAlerts, ...ofSightings];
  const { entries: ready, withheld }: HiddenClips =
    blur === undefined
      ? { entries: clips, withheld: [] }
      : await hideInClips(clips, { ...options, blur, hold });
  entries.push(...ready);
  const there = ofSightings.filter(({ file }) =>
    ready.some((each) => each.file.path === file.path),
  );
  return {
    ...{ entries, shown: shown.pictures, withheld },
    searches: withClipStarts(searches, there),
  };
}

/** @throws TypeError where nothing was given to export footage from */
export function footageOf({ footage }: Pick<ContentSources, 'footage'>): CaseFootage {
  if (footage === undefined) throw new TypeError('Cannot export evidence: there is no footage');
  return footage;
}

function withClipStarts(
  searches: readonly CaseSearch[],
  clips: readonly SightingClip[],
): CaseSearch[] {
  const starts = new Map(clips.map(({ sightingId, from }) => [sightingId, from]));
  return searches.map(({ sightings, ...search }) => ({
    ...search,
    sightings: sightings.map((each) => {
      const from = starts.get(each.id);
      if (from === undefined) return each;
      const begins = search.recordings.find(({ file }) => file === each.file)?.begins ?? null;
      const time =
        begins === null ? null : new Date(Date.parse(begins) + from * 1_000).toISOString();
      return { ...each, clip: { from, time } };
    }),
  }));
}
