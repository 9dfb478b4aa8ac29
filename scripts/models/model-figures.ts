import { type DetectorFigures, detectorFigures } from './detector-figures.ts';

/** A row of `docs/evaluation.json`. */
interface Row {
  readonly level: string;
  readonly kind: string;
  readonly branch: string;
  readonly rank1: number;
  readonly tpir: number;
}

/** What is used of `docs/evaluation.json`. */
export interface Report {
  readonly date: string;
  readonly rows: readonly Row[];
  readonly levels: readonly {
    readonly level: string;
    readonly meanGate: number | null;
    readonly missedByComparedAndFound?: { readonly missed: number; readonly found: number };
    readonly distances: {
      readonly rawPsnr: number;
      readonly enhancedPsnr: number;
      readonly rawSsim: number;
      readonly enhancedSsim: number;
    } | null;
  }[];
}

/** What is used of a model in the manifest. */
export interface Measured {
  readonly name: string;
  readonly measured?: {
    readonly cpuMs?: number;
    readonly int8?: { readonly cpuMsInt8: number };
  } & Partial<DetectorFigures>;
}

/** The reference's rank-1 / TPIR at FPIR 1 %, per cent, as the data's documentation has them. */
const reference = {
  single: { clean: [91.5, 72.6], L1: [78.6, 41.5], L2: [38.3, 9.5], L3: [9.6, 1.2], L4: [2.2, 0] },
  track: { L1: [79.3, 48.9], L2: [46.2, 7.7], L3: [13.9, 0.8], L4: [3.9, 0.3] },
} as const;

/** The short table of README.md, between the marks `<!-- models:short -->`. */
export function shortFigures(document: string, report: Report): string {
  const cell = (level: string, branch: string) =>
    rates(report, 'single', level, branch)
      .map((rate) => rate.toFixed(1))
      .join(' / ');
  const lines = [
    '| between the eyes | Nightglass | face-reidentification-retail-0095, the reference |',
    '|---|---|---|',
    ...(
      [
        ['clean', 'clear faces'],
        ['L1', '14 px'],
        ['L2', '10 px'],
        ['L3', '8 px'],
      ] as const
    ).map(([level, name]) => `| ${name} | ${cell(level, 'fused')} | ${cell(level, 'compared')} |`),
  ];
  return replaceSection(document, 'short', lines.join('\n'), 'README.md');
}

/** Puts the figures into the document, between its marks `<!-- models:NAME -->`. */
export function modelFigures(
  document: string,
  report: Report,
  models: readonly Measured[],
): string {
  const sections = {
    recognition: recognition(report),
    targets: targets(report, models),
    detector: detectorFigures(models.find(({ name }) => name === 'nightglass-detect')?.measured),
  };
  return Object.entries(sections).reduce(
    (text, [name, body]) => replaceSection(text, name, body, 'docs/models.md'),
    document,
  );
}

function replaceSection(text: string, name: string, body: string, file: string): string {
  const [from, to] = [`<!-- models:${name} -->`, `<!-- /models:${name} -->`];
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`${file} has no ${from} … ${to}`);
  return `${text.slice(0, start + from.length)}\n\n${body}\n\n${text.slice(end)}`;
}

function rates(report: Report, kind: string, level: string, branch: string): [number, number] {
  const row = report.rows.find(
    (each) => each.kind === kind && each.level === level && each.branch === branch,
  );
  if (row === undefined) throw new Error(`The evaluation has no ${kind} ${level} ${branch}`);
  return [100 * row.rank1, 100 * row.tpir];
}

const pair = ([rank1, tpir]: readonly [number, number]): string =>
  `${rank1.toFixed(1)} / ${tpir.toFixed(1)}`;

function recognition(report: Report): string {
  const branches = ['raw', 'enhanced', 'fused'];
  const lines = [
    `Measured ${report.date.slice(0, 10)}.`,
    '',
    '| level | reference | raw | enhanced | fused | mean gate |',
    '|---|---|---|---|---|---|',
    ...Object.entries(reference.single).map(([level, known]) => {
      const ours = branches.map((branch) => pair(rates(report, 'single', level, branch)));
      const gate = report.levels.find((each) => each.level === level)?.meanGate;
      return `| ${[level, pair(known), ...ours, gate?.toFixed(3) ?? '–'].join(' | ')} |`;
    }),
    '',
    '| track, level | reference | raw | enhanced | fused |',
    '|---|---|---|---|---|',
    ...Object.entries(reference.track).map(([level, known]) => {
      const ours = branches.map((branch) => pair(rates(report, 'track', level, branch)));
      return `| ${[level, pair(known), ...ours].join(' | ')} |`;
    }),
  ];
  lines.push(
    '',
    '| enhanced picture against its undegraded partner | PSNR raw, dB | enhanced | SSIM raw | enhanced |',
    '|---|---|---|---|---|',
    ...report.levels.flatMap(({ level, distances }) =>
      distances === null
        ? []
        : [
            `| ${level} | ${distances.rawPsnr.toFixed(2)} | ${distances.enhancedPsnr.toFixed(2)} | ${distances.rawSsim.toFixed(3)} | ${distances.enhancedSsim.toFixed(3)} |`,
          ],
    ),
  );
  const found = foundOfMissed(report);
  if (found !== null) {
    lines.push(
      '',
      `Of the ${found.missed} L2 probes that the reference misses, ${found.share.toFixed(0)} % are found (the reference's embeddings come from \`python -m training.evaluation.reference\`, compared by \`--compare\`).`,
    );
  }
  return lines.join('\n');
}

function foundOfMissed(report: Report): { missed: number; share: number } | null {
  const l2 = report.levels.find(({ level }) => level === 'L2')?.missedByComparedAndFound;
  return l2 === undefined ? null : { missed: l2.missed, share: (100 * l2.found) / l2.missed };
}

/** Level, rank-1 and TPIR at FPIR 1 % wanted of single frames, per cent. */
const wantedSingle = [
  ['clean', 91.5, 83],
  ['L1', 88, 70],
  ['L2', 73, 40],
  ['L3', 42, 12],
] as const;

function targets(report: Report, models: readonly Measured[]): string {
  const verdict = (reached: boolean): string => (reached ? 'reached' : 'missed');
  const rows: string[][] = [];
  for (const [level, rank1Wanted, tpirWanted] of wantedSingle) {
    const [rank1, tpir] = rates(report, 'single', level, 'fused');
    const [knownRank1, knownTpir] = reference.single[level];
    rows.push([
      `${level}, rank-1 / TPIR`,
      `${rank1Wanted} / ${tpirWanted}`,
      `${rank1.toFixed(1)} / ${tpir.toFixed(1)}: ${verdict(rank1 >= rank1Wanted)} / ${verdict(tpir >= tpirWanted)} (reference ${knownRank1} / ${knownTpir})`,
    ]);
  }
  const found = foundOfMissed(report);
  if (found !== null) {
    rows.push([
      'found of those the reference misses, L2',
      '60 %',
      `${found.share.toFixed(0)} %: ${verdict(found.share >= 60)}`,
    ]);
  }
  const [track, trackTpir] = rates(report, 'track', 'L2', 'fused');
  rows.push([
    'tracks, L2, rank-1 / TPIR',
    '82 / 55',
    `${track.toFixed(1)} / ${trackTpir.toFixed(1)}: ${verdict(track >= 82)} / ${verdict(trackTpir >= 55)}`,
  ]);
  rows.push([
    'no harm: fused against raw',
    'at most half a point worse anywhere',
    worstHarm(report, verdict),
  ]);
  rows.push(...times(models));
  return [
    '| target | wanted | reached |',
    '|---|---|---|',
    ...rows.map((r) => `| ${r.join(' | ')} |`),
  ].join('\n');
}

function worstHarm(report: Report, verdict: (reached: boolean) => string): string {
  let worst = { points: Number.NEGATIVE_INFINITY, where: '' };
  for (const level of Object.keys(reference.single)) {
    const raw = rates(report, 'single', level, 'raw');
    const fused = rates(report, 'single', level, 'fused');
    for (const [at, name] of [
      [0, 'rank-1'],
      [1, 'TPIR'],
    ] as const) {
      const points = raw[at] - fused[at];
      if (points > worst.points) worst = { points, where: `${level}, ${name}` };
    }
  }
  return `at most ${Math.max(0, worst.points).toFixed(1)} worse (${worst.where}): ${verdict(worst.points <= 0.5)}`;
}

function times(models: readonly Measured[]): string[][] {
  const of = (name: string): NonNullable<Measured['measured']> & { cpuMs: number } => {
    const measured = models.find((model) => model.name === name)?.measured;
    if (measured?.cpuMs === undefined) throw new Error(`The manifest has no time of ${name}`);
    return { ...measured, cpuMs: measured.cpuMs };
  };
  const [embed, expert, denoise, enlarge] = [
    of('nightglass-embed'),
    of('nightglass-embed-enhanced'),
    of('nightglass-denoise'),
    of('nightglass-superresolve'),
  ];
  const all = expert.cpuMs + denoise.cpuMs + enlarge.cpuMs;
  return [
    ['raw branch', '10 ms', `${embed.cpuMs} ms, one CPU thread`],
    [
      'enhanced branch, 32x32',
      '35 ms',
      `about ${all.toFixed(0)} ms (denoise ${denoise.cpuMs}, super-resolve ${enlarge.cpuMs}, expert ${expert.cpuMs})`,
    ],
  ];
}
