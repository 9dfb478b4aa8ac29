import './charts.css';

export interface Series {
  readonly name: string;
  /** Newest last; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  readonly tone: 'first' | 'second';
}

export interface LineChartProps {
  readonly series: readonly Series[];
  /** Points that the width holds; newer ones push older ones out on the left. */
  readonly length: number;
  /** Says the chart in words, for who cannot see it. */
  readonly label: string;
  /** The highest value of the scale; the largest of the values when left out. */
  readonly top?: number;
}

const height = 40;

/** A small chart of values over time, from zero up. Numbers stand beside it, not in it. */
export function LineChart({ series, length, label, top }: LineChartProps) {
  const largest = Math.max(0, ...series.flatMap(({ values }) => values.map((v) => v ?? 0)));
  const scale = (top ?? largest) || 1;
  return (
    <svg
      class="chart-line"
      viewBox={`0 0 ${length - 1} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line class="chart-base" x1="0" x2={length - 1} y1={height - 0.5} y2={height - 0.5} />
      {series.map(({ name, values, tone }) => (
        <path key={name} class="chart-path" data-tone={tone} d={path(values, length, scale)} />
      ))}
    </svg>
  );
}

/** Lines between neighbours that were both measured; a lone value is a dot. */
function path(values: readonly (number | null)[], length: number, scale: number): string {
  const first = length - values.length;
  let d = '';
  let drawing = false;
  for (const [i, value] of values.entries()) {
    if (value === null) {
      drawing = false;
      continue;
    }
    const x = first + i;
    const y = (1 - Math.min(1, value / scale)) * (height - 3) + 1.5;
    d += drawing ? `L${x} ${y.toFixed(2)}` : `M${x} ${y.toFixed(2)}h0.01`;
    drawing = true;
  }
  return d;
}
