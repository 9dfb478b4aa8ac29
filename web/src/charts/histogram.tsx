import { isBeyond, placeOf } from './histogram-places.ts';
import './charts.css';
import './histogram.css';

export interface HistogramProps {
  /** Says the chart in words, for who cannot see it. */
  readonly label: string;
  /** Borders of the bins, rising, one more than there are bins. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Bars beyond are marked, and where they begin. */
  readonly good: { readonly from: number | null; readonly to: number | null };
  /** Drawn as a line. */
  readonly median: number | null;
  readonly format: (value: number) => string;
}

/** Bars are drawn in these units, whatever the width of the place. */
const height = 100;

/** Counts in bins of any width, each as wide as the others, with the borders of what is good. */
export function Histogram({ label, edges, counts, good, median, format }: HistogramProps) {
  const largest = Math.max(1, ...counts);
  const bins = counts.length;
  const marks = [good.from, good.to].filter((mark) => mark !== null);
  const lineAt = (value: number, kind: string) => {
    const x = placeOf(value, edges) * bins;
    return <line key={`${kind} ${value}`} class={kind} x1={x} x2={x} y1={0} y2={height} />;
  };
  return (
    <div class="histogram">
      <p class="histogram-marks" aria-hidden="true">
        {marks.map((mark) => (
          <span key={mark} style={{ left: `${placeOf(mark, edges) * 100}%` }}>
            {format(mark)}
          </span>
        ))}
      </p>
      <svg
        viewBox={`0 0 ${bins} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {counts.map((count, bin) => {
          const tall = count === 0 ? 0 : Math.max(2, (count / largest) * height);
          return (
            <rect
              key={bin}
              data-beyond={isBeyond(bin, edges, good)}
              x={bin + 0.06}
              y={height - tall}
              width={0.88}
              height={tall}
            />
          );
        })}
        {marks.map((mark) => lineAt(mark, 'histogram-limit'))}
        {median !== null && lineAt(median, 'histogram-median')}
      </svg>
      <p class="histogram-scale" aria-hidden="true">
        <span>{format(edges[0] ?? 0)}</span>
        <span>{format(edges.at(-1) ?? 0)}</span>
      </p>
    </div>
  );
}
