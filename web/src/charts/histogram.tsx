import './charts.css';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly confirmed: number;
  readonly dismissed: number;
}

export interface HistogramProps {
  readonly bins: readonly Bin[];
  /** Says the chart in words, for who cannot see it. */
  readonly label: string;
}

const half = 50;

/** Confirmed ones upward, dismissed ones downward, by score: where they part is where a threshold belongs. */
export function Histogram({ bins, label }: HistogramProps) {
  const largest = Math.max(
    1,
    ...bins.flatMap(({ confirmed, dismissed }) => [confirmed, dismissed]),
  );
  const tall = (count: number) => (count / largest) * (half - 2);
  return (
    <svg
      class="chart-histogram"
      viewBox={`0 0 ${Math.max(1, bins.length)} ${half * 2}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {bins.map(({ from, confirmed, dismissed }, i) => (
        <g key={from}>
          <rect
            class="chart-part"
            data-tone="confirmed"
            x={i + 0.06}
            width={0.88}
            y={half - tall(confirmed)}
            height={tall(confirmed)}
          />
          <rect
            class="chart-part"
            data-tone="dismissed"
            x={i + 0.06}
            width={0.88}
            y={half}
            height={tall(dismissed)}
          />
        </g>
      ))}
      <line class="chart-base" x1="0" x2={Math.max(1, bins.length)} y1={half} y2={half} />
    </svg>
  );
}
