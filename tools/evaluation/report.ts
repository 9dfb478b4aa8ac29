import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelPlacement } from '../../src/inference/protocol.ts';
import type { AblationRun } from './ablations.ts';
import type { Evaluation } from './evaluate.ts';
import type { EvaluationRow, ProbeKind } from './judge.ts';
import { plotsOf } from './report-plots.ts';

/** How a report came about. */
export interface ReportContext {
  /** The command, for whoever wants to make it again. */
  readonly command: string;
  readonly date: Date;
  readonly models: readonly ModelPlacement[];
  /** Parts of the chain that were left out. */
  readonly without: readonly string[];
  /** Runs with parts left out, or with the detector's own landmarks, beside the main one. */
  readonly ablations: readonly AblationRun[];
  readonly seconds: number;
}

/**
 * Writes `<base>.md`, `<base>.json` and the plots `<base>-det.svg`, `<base>-rank.svg`,
 * `<base>-quality.svg`; `base` is the path without an ending `.md` or `.json`.
 * @returns the paths written
 */
export async function writeReport(
  file: string,
  evaluation: Evaluation,
  context: ReportContext,
): Promise<readonly string[]> {
  const base = file.replace(/\.(md|json)$/, '');
  const name = path.basename(base);
  const plots = plotsOf(evaluation);
  const contents: [string, string][] = [
    [`${base}.json`, `${JSON.stringify({ ...context, ...evaluation }, jsonNumber, 1)}\n`],
    [
      `${base}.md`,
      markdownReport(
        evaluation,
        context,
        plots.map(([key, title]) => [`${name}-${key}.svg`, title]),
      ),
    ],
    ...plots.map(([key, , svg]) => [`${base}-${key}.svg`, svg] as [string, string]),
  ];
  await mkdir(path.dirname(base), { recursive: true });
  for (const [target, text] of contents) await writeFile(target, text);
  return contents.map(([target]) => target);
}

/** The report as Markdown. @param plots file and title of each plot */
export function markdownReport(
  evaluation: Evaluation,
  context: ReportContext,
  plots: readonly (readonly [file: string, title: string])[] = [],
): string {
  const { landmarks, fpir } = evaluation;
  const lines = [
    '# Evaluation',
    '',
    `Made on ${context.date.toISOString().slice(0, 16)}Z in ${Math.round(context.seconds)} s by`,
    '',
    '```',
    context.command,
    '```',
    '',
    `Protocol: ${evaluation.protocol}; ${evaluation.galleryPeople} people enrolled (${evaluation.galleryPictures} pictures, ${evaluation.galleryAcquired} acquired). Landmarks: ${landmarks}.`,
    context.without.length === 0 ? '' : `\n**Left out: ${context.without.join(', ')}.**\n`,
    '| model | task | runs on | SHA-256 |',
    '|---|---|---|---|',
    ...context.models.map(
      ({ model, task, provider, precision, partly, sha256 }) =>
        `| ${model} | ${task} | ${provider}${partly ? ' and cpu' : ''}, ${precision} | \`${sha256.slice(0, 16)}\` |`,
    ),
    '',
    `Rank-1: closed set. TPIR: 1 - FNIR at FPIR ${percent(fpir)} %, false positives from searching each probe in the gallery without its own identity. In brackets 95 % intervals, people drawn with replacement. A face that is not acquired counts as a miss. A face too large to need enhancement has its raw embedding in every branch.${poorViews(evaluation)}`,
    '',
    ...tables(evaluation),
    ...strangerTable(evaluation),
    ...ablationTable(context),
    ...levelTable(evaluation),
    ...distanceTable(evaluation),
    ...identityTable(evaluation),
    ...comparison(evaluation),
  ];
  if (plots.length > 0) {
    lines.push('## Plots', '', ...plots.flatMap(([file, title]) => [`![${title}](${file})`, '']));
  }
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

const titles: Record<ProbeKind, string> = {
  single: 'Single frames',
  'single-video': 'Single frames of videos alone',
  track: 'Tracks, pooled as the live path does',
  'track-plain': 'Tracks, plain mean',
};

function tables({ rows }: Evaluation): string[] {
  return (Object.keys(titles) as ProbeKind[]).flatMap((kind) => {
    const some = rows.filter((row) => row.kind === kind);
    if (some.length === 0) return [];
    return [
      `## ${titles[kind]}`,
      '',
      '| level | branch | probes | not acquired % | rank-1 % | TPIR % |',
      '|---|---|---|---|---|---|',
      ...some.map(rowLine),
      '',
    ];
  });
}

function rowLine(row: EvaluationRow): string {
  const rate = (value: number, [low, high]: readonly [number, number]) =>
    `${percent(value)} (${percent(low)}–${percent(high)})`;
  const cells = [
    row.level,
    row.branch,
    row.mated === row.probes ? row.probes : `${row.mated} of ${row.probes} enrolled`,
    percent(row.fta),
    rate(row.rank1, row.intervals.rank1),
    rate(row.tpir, row.intervals.tpir),
  ];
  return `| ${cells.join(' | ')} |`;
}

function strangerTable({ strangers }: Evaluation): string[] {
  if (strangers.length === 0) return [];
  return [
    '## Thresholds that strangers set',
    '',
    'Probes of people who are not enrolled, acquired as all others. In brackets 95 % intervals: of the share of false positives binomial, or with people drawn with replacement where that is wider; of the TPIR with people and strangers drawn with replacement.',
    '',
    '| level | probes | branch | strangers | FPIR asked % | false positives, FPIR % | TPIR % |',
    '|---|---|---|---|---|---|---|',
    ...strangers.flatMap(({ level, kind, branch, strangers: all, acquired, points }) =>
      points.map((point) => {
        const seen = `${point.falsePositives} (${range(point.fpirInterval, 2)})`;
        const tpir = `${percent(point.tpir)} (${range(point.tpirInterval)})`;
        const of = acquired === all ? `${all}` : `${acquired} of ${all} acquired`;
        return `| ${level} | ${kind} | ${branch} | ${of} | ${percent(point.fpir)} | ${seen} | ${tpir} |`;
      }),
    ),
    '',
  ];
}

function ablationTable({ ablations }: ReportContext): string[] {
  const [whole] = ablations;
  if (whole === undefined) return [];
  const levels = whole.levels.map(({ level }) => level);
  const table = (head: string, cell: (at: AblationRun['levels'][number]) => string) => [
    `| ${head} | ${levels.join(' | ')} |`,
    `|---|${levels.map(() => '---|').join('')}`,
    ...ablations.map(({ title, levels: of }) => {
      const cells = levels.map((level) => {
        const at = of.find((each) => each.level === level);
        return at === undefined ? '–' : cell(at);
      });
      return `| ${title} | ${cells.join(' | ')} |`;
    }),
    '',
  ];
  return [
    '## Ablations',
    '',
    'Single frames, fused: rank-1 / TPIR, each as in the first table, at the levels where the whole chain finds one in ten or more.',
    '',
    ...table('run', ({ rank1, tpir }) => `${percent(rank1)} / ${percent(tpir)}`),
    "The enhanced branch's mean cosine to the undegraded picture's embedding; without denoiser and super-resolver the same expert sees the plain enlarged crop:",
    '',
    ...table('run', ({ identity }) => (identity === null ? '–' : fixed(identity, 3))),
  ];
}

function range([low, high]: readonly [number, number], digits = 1): string {
  return `${percent(low, digits)}–${percent(high, digits)}`;
}

function levelTable({ levels }: Evaluation): string[] {
  return [
    '## Levels',
    '',
    '| level | pictures | acquired | enhanced | px between the eyes, median | gate, mean | quality, mean | recognisability, mean |',
    '|---|---|---|---|---|---|---|---|',
    ...levels.map(
      (l) =>
        `| ${l.level} | ${l.pictures} | ${l.acquired} | ${l.enhanced} | ${fixed(l.medianInterEyeDistance, 1)} | ${fixed(l.meanGate, 2)} | ${fixed(l.meanQuality, 0)} | ${fixed(l.meanRecognisability, 2)} |`,
    ),
    '',
  ];
}

function distanceTable({ levels }: Evaluation): string[] {
  const some = levels.filter(({ distances }) => distances !== null);
  if (some.length === 0) return [];
  return [
    '## Aligned pictures against their undegraded partners',
    '',
    '| level | pairs | PSNR raw, dB | PSNR enhanced, dB | SSIM raw | SSIM enhanced |',
    '|---|---|---|---|---|---|',
    ...some.map(({ level, distances: d }) =>
      d === null
        ? ''
        : `| ${level} | ${d.pairs} | ${fixed(d.rawPsnr, 2)} | ${fixed(d.enhancedPsnr, 2)} | ${fixed(d.rawSsim, 3)} | ${fixed(d.enhancedSsim, 3)} |`,
    ),
    '',
  ];
}

function identityTable({ levels }: Evaluation): string[] {
  const some = levels.filter(({ identity }) => identity !== null);
  if (some.length === 0) return [];
  return [
    '## Identity: cosine to the undegraded picture',
    '',
    "Means over enhanced single frames, to the raw branch's embedding of the clean partner.",
    '',
    '| level | pairs | raw branch, before enhancement | enhanced branch, after it | fused |',
    '|---|---|---|---|---|',
    ...some.map(({ level, identity: kept }) =>
      kept === null
        ? ''
        : `| ${level} | ${kept.pairs} | ${fixed(kept.raw, 3)} | ${fixed(kept.enhanced, 3)} | ${fixed(kept.fused, 3)} |`,
    ),
    '',
  ];
}

function comparison({ levels }: Evaluation): string[] {
  const some = levels.flatMap(({ level, missedByComparedAndFound: m }) =>
    m === null || m.missed === 0
      ? []
      : [`| ${level} | ${m.missed} | ${m.found} | ${percent(m.found / m.missed)} |`],
  );
  if (some.length === 0) return [];
  return [
    '## Single frames that the compared system misses',
    '',
    '| level | missed | found here, fused | % |',
    '|---|---|---|---|',
    ...some,
    '',
  ];
}

/** What small probes are compared with. */
function poorViews({ poorViewsBelow }: Evaluation): string {
  return poorViewsBelow === null
    ? ''
    : ` Probes with fewer than ${poorViewsBelow} px between the eyes are compared with the poor views of the enrolled people, in every branch.`;
}

/** JSON knows neither infinity nor NaN; five digits are enough of any share. */
function jsonNumber(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? Number(value.toFixed(5)) : null;
}

function percent(share: number, digits = 1): string {
  return (share * 100).toFixed(digits);
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
