import { evidenceBounds } from '../../domain/bounds.ts';
import { footagePictures } from '../../domain/footage.ts';
import type { CaseRecording, CaseSearch, CaseSighting } from './case-search.ts';
import { sightingClipPath } from './footage-clips.ts';
import { sightingPicturePath } from './footage-pictures.ts';
import type {
  ReportAppearance,
  ReportPicture,
  ReportRow,
  ReportSection,
} from './report/report-content.ts';
import {
  hiddenFaces,
  listRows,
  matchRows,
  matchWords,
  modelRows,
  pictureCaptions,
  rows,
  timeText,
  withheldClip,
} from './report/report-words.ts';
import type { LeftOutFile } from './searched-files.ts';

/** Paths of what the case has, and of those in which faces of others are hidden. */
interface Files {
  readonly files: ReadonlySet<string>;
  readonly withheld: ReadonlySet<string>;
  readonly blurred: ReadonlySet<string>;
}

/** What a report says of a search of recorded footage, and of its sightings in the case. */
export function searchSection(search: CaseSearch, basis: Files): ReportSection {
  const { id, lists, reason, recordings, sightings } = search;
  const [first] = sightings;
  // A search that goes on after a change of models has found with both.
  const isOneSetting = new Set(sightings.map(settingOf)).size === 1;
  return {
    heading: `Recorded footage · 录像检索 · ${reason}`,
    facts: [
      ...rows([
        ['Search · 检索', id],
        ['Watchlists · 名单', lists.map((list) => list.name || list.id).join(', ')],
      ]),
      ...stateRows(search),
      ...recordings.flatMap(recordingRows),
      ...(isOneSetting && first !== undefined ? modelRows(first) : []),
    ],
    appearances: sightings.map((sighting) =>
      appearance(sighting, recordings, { ...basis, isOneSetting }),
    ),
    reviews: null,
  };
}

/** Who wanted it, and how far it came. */
function stateRows(search: CaseSearch): ReportRow[] {
  const { askedBy, decidedBy, endedAt, sightings, sightingsFound } = search;
  const { filesSearched, filesUnfinished, filesLeftOut } = search;
  return rows([
    ['Asked for by · 申请人', `${askedBy}, ${timeText(search.startedAt)}`],
    ['Authorised by · 授权人', decidedBy ?? 'no second person was asked for · 未要求第二人'],
    ['State · 状态', endedAt === null ? search.state : `${search.state}, ${timeText(endedAt)}`],
    ['Files searched · 已检索的文件', String(filesSearched)],
    ...(filesUnfinished === 0
      ? []
      : [['Files not searched to their end · 尚未检索完的文件', String(filesUnfinished)]]),
    ...leftOutRows(filesLeftOut),
    [
      'Sightings · 出现',
      `${sightings.length} of ${sightingsFound} found · 共 ${sightingsFound} 次，本案件含 ${sightings.length} 次`,
    ],
  ]);
}

/** Which files nobody can have been found in, for what, and where in them that begins. */
function leftOutRows(all: readonly LeftOutFile[]): (readonly string[])[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, evidenceBounds.shownLeftOut);
  const more = all.length - shown.length;
  return [
    ['Files left out · 未检索的文件', String(all.length)],
    ...shown.map(({ file, path, searchedSeconds, failure }) => {
      const from = clockText(searchedSeconds);
      const words =
        searchedSeconds === 0
          ? `wholly (${failure}) · 全部未检索（${failure}）`
          : `from ${from} on (${failure}) · 自 ${from} 起未检索（${failure}）`;
      return [`File ${file + 1}, left out · 未检索`, `${path} · ${words}`];
    }),
    ...(more === 0
      ? []
      : [
          [
            'Further files left out · 其他未检索的文件',
            `${more}, in case.json · ${more} 个，见 case.json`,
          ],
        ]),
  ];
}

function recordingRows({ file, path, bytes, sha256, seconds, begins }: CaseRecording): ReportRow[] {
  const length = seconds === null ? [] : [clockText(seconds)];
  const said = [path, `${bytes} bytes`, ...length, ...(begins === null ? [] : [begins])];
  return rows([
    [`File ${file + 1} · 文件`, said.join(' · ')],
    [`File ${file + 1}, SHA-256`, sha256 ?? '–'],
  ]);
}

function appearance(
  sighting: CaseSighting,
  recordings: readonly CaseRecording[],
  basis: Files & { readonly isOneSetting: boolean },
): ReportAppearance {
  const { id, at, until, clip, personName, time, watchlistName } = sighting;
  const recording = recordings.find(({ file }) => file === sighting.file);
  const name = recording?.path.split('/').at(-1) ?? '';
  const path = sightingClipPath(id);
  const isHidden = basis.blurred.has(path);
  const begun = clip && [clockText(clip.from), ...(clip.time === null ? [] : [clip.time])];
  return {
    heading: `${personName} · ${watchlistName} · ${name} ${clockText(at)}${time === null ? '' : ` · ${time}`}`,
    words: matchWords(sighting),
    facts: [
      ...rows([
        ['Sighting · 出现', id],
        ['File · 文件', `${name} (SHA-256 ${recording?.sha256 ?? '–'})`],
        ['In the file · 文件内时间', `${clockText(at)} – ${clockText(until)}`],
        ['Time · 时间', time ?? 'not known · 未知'],
      ]),
      ...matchRows(sighting),
      ...listRows(sighting),
      ...(basis.isOneSetting ? [] : modelRows(sighting)),
      ...(basis.withheld.has(path) ? rows([withheldClip]) : []),
      ...(begun === null
        ? []
        : rows([['Clip begins · 视频起点', `${begun.join(' · ')}${isHidden ? hiddenFaces : ''}`]])),
    ],
    pictures: picturesOf(id, basis),
    clip: basis.files.has(path) ? path : null,
  };
}

function picturesOf(sightingId: string, { files }: Files): ReportPicture[] {
  return footagePictures
    .map((kind) => ({
      path: sightingPicturePath(sightingId, kind),
      caption: pictureCaptions[kind] ?? kind,
      isEnhanced: kind === 'enhanced',
      isWide: false,
    }))
    .filter(({ path }) => files.has(path));
}

const settingOf = ({ models, configHash }: CaseSighting): string =>
  JSON.stringify([models, configHash]);

/** Hours, minutes, seconds and tenths. */
function clockText(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(tenths / 36_000)}:${two((tenths / 600) % 60)}:${two((tenths / 10) % 60)}.${tenths % 10}`;
}
