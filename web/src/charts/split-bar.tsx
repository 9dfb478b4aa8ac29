import './charts.css';

export interface BarPart {
  readonly key: string;
  readonly value: number;
  readonly tone: 'confirmed' | 'dismissed' | 'open';
}

/** One bar split into parts, as wide as its total against `largest`. The figures stand beside it. */
export function SplitBar({ parts, largest }: { parts: readonly BarPart[]; largest: number }) {
  let x = 0;
  const scale = 100 / Math.max(1, largest);
  return (
    <svg class="chart-split" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ key, value, tone }) => {
        const from = x;
        x += value * scale;
        return (
          <rect
            key={key}
            class="chart-part"
            data-tone={tone}
            x={from}
            width={value * scale}
            y="0"
            height="10"
          />
        );
      })}
    </svg>
  );
}
