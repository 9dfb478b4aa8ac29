import uPlot from 'uplot';
import { Plot, type Tone } from './plot.tsx';

export interface BarSeries {
  readonly tone: Tone;
  readonly values: readonly number[];
}

export interface BarChartProps {
  /** Says the chart in words, for who cannot see it. */
  readonly label: string;
  readonly height: number;
  readonly up: BarSeries;
  /** Drawn downward from the same line. */
  readonly down?: BarSeries;
}

const bars = uPlot.paths.bars?.({ size: [0.88, 100] });

/** One bar a place; two series grow from one line, up and down. */
export function BarChart({ label, height, up, down }: BarChartProps) {
  const largest = Math.max(1, ...up.values, ...(down?.values ?? []));
  const places = up.values.length;
  const look = { filled: true, points: { show: false }, fillTo: 0, ...(bars && { paths: bars }) };
  return (
    <Plot
      label={label}
      height={height}
      x={[-0.5, places - 0.5]}
      y={[down === undefined ? 0 : -largest, largest]}
      series={[up, ...(down === undefined ? [] : [down])].map(({ tone }) => ({ tone, ...look }))}
      data={[
        Array.from({ length: places }, (_, i) => i),
        [...up.values],
        ...(down === undefined ? [] : [down.values.map((value) => -value)]),
      ]}
    />
  );
}
