import type uPlot from 'uplot';
import { Plot } from './plot.tsx';

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
}

/** A small chart of values over time, from zero up. Numbers stand beside it, not in it. */
export function LineChart({ series, length, label }: LineChartProps) {
  const largest = Math.max(0, ...series.flatMap(({ values }) => values.map((v) => v ?? 0)));
  return (
    <Plot
      label={label}
      height={40}
      x={[0, length - 1]}
      y={[0, largest || 1]}
      series={series.map(({ tone }) => ({
        tone,
        width: 1.6,
        ...(tone === 'second' ? { dash: [3, 3] } : {}),
        points: { show: true, size: 2, filter: loneOnes },
      }))}
      data={[
        Array.from({ length }, (_, i) => i),
        ...series.map(({ values }) => atTheRight(values, length)),
      ]}
    />
  );
}

function atTheRight(values: readonly (number | null)[], length: number): (number | null)[] {
  const missing = Math.max(0, length - values.length);
  return [...Array.from({ length: missing }, () => null), ...values.slice(-length)];
}

/** A value without a measured neighbour is no line: it is drawn as a dot. */
function loneOnes(chart: uPlot, index: number): number[] {
  const values = chart.data[index] ?? [];
  return [...values.keys()].filter(
    (i) => values[i] != null && values[i - 1] == null && values[i + 1] == null,
  );
}
