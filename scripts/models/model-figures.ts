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
  return Object.entries(sections).reduce((text, [name, body]) => {
    const [from, to] = [`<!-- models:${name} -->`, `<!-- /models:${name} -->`];
    const start = text.indexOf(from);
    const end = text.indexOf(to, start);
    if (start < 0 || end < 0) throw new Error(`docs/models.md has no ${from} … ${to}`);
    return `${text.slice(0, start + from.length)}\n\n${body}\n\n${text.slice(end)}`;
  }, document);
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

function targets(report: Report, models: readonly Measured[]): string {
  const verdict = (reached: boolean): string => (reached ? 'reached' : 'missed');
  const rows: string[][] = [];
  for (const [level, wanted] of [
    ['L1', 88],
    ['L2', 73],
    ['L3', 35],
  ] as const) {
    const [rank1] = rates(report, 'single', level, 'fused');
    const known = reference.single[level][0];
    rows.push([
      `rank-1, ${level}`,
      String(wanted),
      `${rank1.toFixed(1)}: ${verdict(rank1 >= wanted)} (reference ${known})`,
    ]);
  }
  const [clean] = rates(report, 'single', 'clean', 'fused');
  rows.push([
    'rank-1, clean',
    'no more than 2 below the reference (89.5)',
    `${clean.toFixed(1)}: ${verdict(clean >= 89.5)}`,
  ]);
  const tpirs = ['L1', 'L2'].map((level) => rates(report, 'single', level, 'fused')[1]);
  rows.push([
    'TPIR at FPIR 1 %, L1 / L2',
    '65 / 40',
    `${tpirs.map((rate) => rate.toFixed(1)).join(' / ')}: ${verdict((tpirs[0] ?? 0) >= 65 && (tpirs[1] ?? 0) >= 40)} (reference 41.5 / 9.5)`,
  ]);
  const found = foundOfMissed(report);
  if (found !== null) {
    rows.push([
      'found of those the reference misses, L2',
      '60 %',
      `${found.share.toFixed(0)} %: ${verdict(found.share >= 60)}`,
    ]);
  }
  const [track] = rates(report, 'track', 'L2', 'fused');
  const above = track - rates(report, 'single-video', 'L2', 'fused')[0];
  rows.push([
    'track above the single frame of the same videos, L2',
    '10 points, and 85',
    `${above.toFixed(1)} points, and ${track.toFixed(1)}: ${verdict(above >= 10 && track >= 85)}`,
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
  const [embed, denoise, enlarge] = [
    of('nightglass-embed'),
    of('nightglass-denoise'),
    of('nightglass-superresolve'),
  ];
  const int8 = embed.int8 === undefined ? '' : ` (INT8 ${embed.int8.cpuMsInt8} ms)`;
  const all = embed.cpuMs + denoise.cpuMs + enlarge.cpuMs;
  return [
    ['raw branch', '12 ms', `${embed.cpuMs} ms, one CPU thread${int8}`],
    [
      'enhanced branch, 32x32',
      '80 ms',
      `about ${all.toFixed(0)} ms (denoise ${denoise.cpuMs}, super-resolve ${enlarge.cpuMs}, embed ${embed.cpuMs})`,
    ],
  ];
}
