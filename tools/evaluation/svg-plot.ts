/** A line of a plot. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface PlotOptions {
  readonly title: string;
  readonly x: {
    readonly label: string;
    readonly scale: 'linear' | 'log';
    readonly ticks: readonly number[];
  };
  readonly y: {
    readonly label: string;
    readonly scale: 'linear' | 'log';
    readonly ticks: readonly number[];
  };
}

const width = 640;
const height = 420;
const frame = { left: 64, right: 170, top: 40, bottom: 48 };
/** Told apart by people with every kind of colour vision (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** A line plot as a standing SVG document, light background; the ticks bound the axes. */
export function svgPlot(lines: readonly PlotLine[], options: PlotOptions): string {
  const x = axis(options.x, frame.left, width - frame.right);
  const y = axis(options.y, height - frame.bottom, frame.top);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(frame.left, 22, options.title, 'start', 'font-size="14" font-weight="bold"'),
  ];
  for (const tick of options.x.ticks) {
    const at = x(tick);
    parts.push(
      rule(at, frame.top, at, height - frame.bottom),
      text(at, height - frame.bottom + 16, label(tick)),
    );
  }
  for (const tick of options.y.ticks) {
    const at = y(tick);
    parts.push(
      rule(frame.left, at, width - frame.right, at),
      text(frame.left - 6, at + 4, label(tick), 'end'),
    );
  }
  parts.push(
    text((frame.left + width - frame.right) / 2, height - 12, options.x.label),
    text(16, height / 2, options.y.label, 'middle', `transform="rotate(-90 16 ${height / 2})"`),
  );
  for (const [i, line] of lines.entries()) {
    const colour = colours[i % colours.length] as string;
    const dash = i >= colours.length ? ' stroke-dasharray="5 3"' : '';
    const path = line.points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"${dash}/>`,
    );
    const at = frame.top + 8 + i * 18;
    const left = width - frame.right + 12;
    parts.push(
      `<line x1="${left}" y1="${at}" x2="${left + 22}" y2="${at}" stroke="${colour}" stroke-width="2"${dash}/>`,
      text(left + 28, at + 4, line.name, 'start'),
    );
  }
  return `${parts.join('\n')}\n</svg>\n`;
}

/** Place of a value on an axis, held within its ticks. */
function axis(
  { scale, ticks }: PlotOptions['x'],
  from: number,
  to: number,
): (value: number) => number {
  const map = scale === 'log' ? Math.log10 : (value: number) => value;
  const [low, high] = [Math.min(...ticks), Math.max(...ticks)];
  return (value) => {
    const held = Math.min(high, Math.max(low, value));
    return from + ((map(held) - map(low)) / (map(high) - map(low))) * (to - from);
  };
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;
}

function text(x: number, y: number, value: string, anchor = 'middle', more = ''): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#222" ${more}>${escaped}</text>`;
}

function label(tick: number): string {
  return String(Number(tick.toPrecision(3)));
}
