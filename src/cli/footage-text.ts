import type {
  FootageFigures,
  FootageFile,
  FootageJob,
  FootageSighting,
} from '../domain/footage.ts';

/** What a search of footage gave. */
export interface FootageResult {
  readonly job: FootageJob;
  readonly files: readonly (FootageFile & {
    readonly seconds: number | null;
    readonly start: string | null;
  })[];
  readonly sightings: readonly FootageSighting[];
  /** Further sightings, which were only counted. */
  readonly beyond: number;
  readonly figures: FootageRun;
}

/** What was gone through, and in how many seconds. */
export type FootageRun = Readonly<FootageFigures> & { readonly took: number };

/** Sightings by person, people in the order of their best score. */
export function byPerson(sightings: readonly FootageSighting[]): readonly FootageSighting[][] {
  const groups = Map.groupBy(sightings, (each) => `${each.watchlistId} ${each.personId}`);
  const best = (group: readonly FootageSighting[]) =>
    Math.max(...group.map(({ scores }) => scores.fused));
  return [...groups.values()].sort((a, b) => best(b) - best(a));
}

/** Hours, minutes and seconds. */
export function clockText(seconds: number, digits = 0): string {
  const unit = 10 ** digits;
  const whole = Math.round(seconds * unit) / unit;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = (whole % 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${rest}`;
}

/** A sighting in words. */
export function sightingText(sighting: FootageSighting): string {
  const { at, until, time, scores, threshold, quality, interEyeDistance } = sighting;
  const when = time === null ? '' : ` (${time})`;
  return `${clockText(at, 1)} to ${clockText(Math.max(at, until), 1)}${when}, match ${scores.fused.toFixed(3)} (reports from ${threshold.toFixed(3)}), quality ${quality.toFixed(0)}, ${interEyeDistance.toFixed(0)} px between the eyes`;
}

/** What was searched, and how it ended, in a line. */
export function runText({ job, files, sightings, beyond, figures }: FootageResult): string {
  const { seconds, took, faces, tracks, damaged, lost } = figures;
  const speed = took > 0 ? (seconds / took).toFixed(1) : '–';
  const parts = [
    `${files.length} files, ${clockText(seconds)} of footage in ${clockText(took)} (${speed} times as fast), ${faces} faces, ${tracks} people followed, ${sightings.length} sightings`,
    ...(beyond > 0 ? [`${beyond} further sightings were only counted`] : []),
    ...(damaged > 0 ? [`${damaged} pictures could not be decoded`] : []),
    ...(lost > 0 ? [`${lost} faces or pictures were too many at once and were left out`] : []),
    ...(job.state === 'running' ? ['key pictures alone; the search goes on'] : []),
    ...(job.state === 'stopped' ? ['stopped before the end'] : []),
  ];
  return `${parts.join('; ')}. Job ${job.id}`;
}

/** The whole result for people to read. */
export function footageText(result: FootageResult): string {
  const people = byPerson(result.sightings).map((group) => {
    const { personName, watchlistName } = group[0] as FootageSighting;
    const lines = group.map(
      (each) => `  ${result.files[each.file]?.path}  ${sightingText(each)}\n`,
    );
    return `${personName}, ${watchlistName}: ${group.length === 1 ? 'one sighting' : `${group.length} sightings`}\n${lines.join('')}`;
  });
  return `${people.join('') || 'nobody was found\n'}${runText(result)}\n`;
}
