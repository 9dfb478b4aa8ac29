import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { lineChart } from '../chart.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';
import type { Spread } from '../samples.ts';

const program = join(import.meta.dirname, './gallery-process.ts');
export const dimension = 512;
/** Queries that are searched together. */
export const batchSize = 16;
const aim = 1.5;

export interface GalleryOrder {
  readonly sizes: readonly number[];
  readonly secondsEach: number;
}

interface Times extends Spread {
  readonly least: number;
}

export type GallerySize =
  | { readonly people: number; readonly bytes: number; readonly skipped: string }
  | {
      readonly people: number;
      readonly bytes: number;
      readonly skipped?: undefined;
      /** Milliseconds, as all. */
      readonly read: Times;
      readonly search: Times;
      readonly batch: Times;
      /** A face of few pixels, held against the poor views. */
      readonly small: Times;
      readonly scriptMs: number | null;
    };
type Measured = Exclude<GallerySize, { skipped: string }>;

/** Exact 1:N search against the memory bandwidth. */
export const galleryBench: Bench = {
  name: 'gallery',
  summary: `exact search of 1 k to 1 M templates of ${dimension} numbers against the memory bandwidth`,
  async run(context) {
    context.say('Gallery');
    const order: GalleryOrder = {
      sizes: [1000, 10_000, 100_000, ...(context.quick ? [] : [1_000_000])],
      secondsEach: context.quick ? 1 : 6,
    };
    const said = await runChild({ args: [program, JSON.stringify(order)] });
    const sizes = JSON.parse(said) as GallerySize[];
    const measured = sizes.filter((size): size is Measured => size.skipped === undefined);
    return {
      figures: sizes,
      markdown: report(sizes),
      bound: bound(measured),
      ...(measured.length < 2 ? {} : { pictures: { 'gallery.svg': picture(measured) } }),
    };
  },
};

const ratio = ({ search, read }: Measured) => search.median / read.median;

function report(sizes: readonly GallerySize[]): string {
  const rows = sizes.map((size) => {
    const name = `${size.people.toLocaleString('en-US')} (${mebibytes(size.bytes)})`;
    if (size.skipped !== undefined)
      return [name, `left out: needs ${size.skipped}`, '', '', '', '', '', ''];
    const { search, read, batch, small, scriptMs, bytes } = size;
    return [
      name,
      times(search),
      times(read),
      `${(bytes / read.median / 1e6).toFixed(1)} GB/s`,
      `**${ratio(size).toFixed(2)}** (${(search.least / read.least).toFixed(2)})`,
      `${times(small)}, **${(small.median / read.median).toFixed(2)}**`,
      `${exactly(batch.median / batchSize)}, ${(batch.median / read.median).toFixed(1)}`,
      scriptMs === null ? '–' : exactly(scriptMs),
    ];
  });
  return [
    `One list of people with one template and one poor view each, ${dimension} numbers of 32 bits; the whole search of the gallery, threshold and names included. The floor is the time in which native code (\`memchr\`) reads as many bytes in the same moment. Times are medians (least–greatest); ratios are of medians, in brackets of the least. Aim ${aim}.`,
    table(
      [
        'templates',
        'search',
        'floor',
        'bandwidth',
        'times the floor',
        'small face, against poor views',
        `${batchSize} at once: a query, times the floor of one pass`,
        'one query in plain JavaScript',
      ],
      rows,
    ),
    '![Search time by number of templates](performance/gallery.svg)',
  ].join('\n\n');
}

function bound(sizes: readonly Measured[]): string {
  const largest = sizes.at(-1);
  if (largest === undefined) return 'not known: nothing was measured.';
  const { bytes, search, batch, people } = largest;
  return `alone by the memory: ${(bytes / search.median / 1e6).toFixed(1)} GB/s at ${people.toLocaleString('en-US')} templates, on one core. ${batchSize} queries at once by the arithmetic of 128-bit SIMD: ${((batchSize * people * dimension) / batch.median / 1e6).toFixed(1)} thousand million multiplications and additions a second.`;
}

function picture(sizes: readonly Measured[]): string {
  const line = (pick: (size: Measured) => number) =>
    sizes.map((size) => [size.people, pick(size)] as const);
  return lineChart({
    title: `Exact search of templates of ${dimension} numbers`,
    x: 'templates',
    y: 'ms',
    logarithmic: true,
    series: [
      { name: 'search', points: line(({ search }) => search.median) },
      { name: 'floor: memory read', points: line(({ read }) => read.median) },
      {
        name: `of ${batchSize} at once, each`,
        points: line(({ batch }) => batch.median / batchSize),
      },
    ],
  });
}

function times({ median, low, high }: Times): string {
  return `${exactly(median)} (${plain(low)}–${plain(high)})`;
}

function exactly(ms: number): string {
  return `${plain(ms)} ms`;
}

function plain(ms: number): string {
  return ms.toFixed(ms < 1 ? 3 : ms < 100 ? 2 : 0);
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 30
    ? `${Math.round(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
