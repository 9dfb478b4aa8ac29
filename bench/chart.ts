/** A line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Both axes by powers of ten. Default: even steps from 0. */
  readonly logarithmic?: boolean;
  /** Moments to mark, in units of x. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
}

const width = 760;
const height = 340;
const area = { left: 64, right: 16, top: 56, bottom: 44 };
const colours = ['#0b6bcb', '#c4530a', '#2f7d32', '#8e44ad', '#9b1c31', '#5c6670'];

interface Axis {
  readonly ticks: readonly number[];
  /** 0..1. */
  share(value: number): number;
}

/** A line chart as SVG, legible on any background and without any other file. */
export function lineChart(options: ChartOptions): string {
  const { title, series, marks = [], logarithmic = false } = options;
  const points = series.flatMap((line) => line.points);
  const axis = logarithmic ? logarithmicAxis : evenAxis;
  const across = axis(points.map(([x]) => x));
  const up = axis(points.map(([, y]) => y));
  const x = (value: number) => area.left + across.share(value) * (width - area.left - area.right);
  const y = (value: number) =>
    height - area.bottom - up.share(value) * (height - area.top - area.bottom);
  const parts = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(area.left, 20, title, 'font-size="14" font-weight="600"'),
    ...up.ticks.map((tick) => rule(area.left, y(tick), width - area.right, y(tick))),
    ...up.ticks.map((tick) => text(area.left - 6, y(tick) + 4, label(tick), 'text-anchor="end"')),
    ...across.ticks.map((tick) =>
      text(x(tick), height - area.bottom + 16, label(tick), 'text-anchor="middle"'),
    ),
    text(width - area.right, height - 8, options.x, 'text-anchor="end"'),
    text(8, area.top - 8, options.y, ''),
    ...marks.flatMap((mark) => [
      `<line x1="${fixed(x(mark.at))}" x2="${fixed(x(mark.at))}" y1="${area.top}" y2="${height - area.bottom}" stroke="#b8860b" stroke-dasharray="2 3"><title>${escaped(mark.label)}</title></line>`,
    ]),
    ...series.map(({ points: line }, at) => {
      const path = line.map(([a, b]) => `${fixed(x(a))},${fixed(y(b))}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${colour(at)}" stroke-width="1.6"/>`;
    }),
    ...series.map(({ name }, at) => {
      const left = area.left + at * 170;
      return `<rect x="${left}" y="29" width="10" height="10" fill="${colour(at)}"/>${text(left + 15, 38, name, '')}`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#222" role="img" aria-label="${escaped(title)}">\n${parts.join('\n')}\n</svg>\n`;
}

function evenAxis(values: readonly number[]): Axis {
  const top = Math.max(0, ...values.filter(Number.isFinite)) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(top / 5));
  const step = ([1, 2, 5, 10].find((times) => top / (times * magnitude) <= 6) ?? 10) * magnitude;
  const count = Math.ceil(top / step);
  return {
    ticks: Array.from({ length: count + 1 }, (_, at) => at * step),
    share: (value) => value / (count * step),
  };
}

function logarithmicAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.floor(Math.log10(Math.min(...positive)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
    share: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low),
  };
}

function label(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} M`;
  if (value >= 10_000) return `${value / 1000} k`;
  return `${Number(value.toPrecision(6))}`;
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="#ddd"/>`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function colour(at: number): string {
  return colours[at % colours.length] as string;
}
