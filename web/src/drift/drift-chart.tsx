import type { CameraDrift } from '../../../src/client/nightglass-client.ts';
import { formatDay } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type DriftChange, driftNumber } from './drift-text.ts';

type History = CameraDrift['measures'][number];

/** The picture is drawn in these units, whatever its place. */
const height = 100;
const weekMs = 7 * 86_400_000;

export interface DriftChartProps {
  readonly history: History;
  readonly change: DriftChange | undefined;
}

/** Median and middle half of a measure by week, and where it changed. */
export function DriftChart({ history: { measure, weeks }, change }: DriftChartProps) {
  const [first] = weeks;
  const last = weeks.at(-1);
  if (first === undefined || last === undefined) return null;
  const name = t(`drift.m_${measure}`);
  const place = (day: string) => (Date.parse(day) - Date.parse(first.from)) / weekMs;
  const lowest = Math.min(...weeks.map(({ low }) => low));
  const highest = Math.max(...weeks.map(({ high }) => high));
  const room = Math.max(highest - lowest, Math.abs(highest) * 0.02, 0.01);
  const y = (value: number) => height * (1 - (value - lowest) / room);
  const width = place(last.from) + 1;
  const words = t(weeks.length === 1 ? 'drift.chartOne' : 'drift.chart', {
    ...{ name, first: driftNumber(first.median), last: driftNumber(last.median) },
    ...{ from: formatDay(first.from), to: formatDay(last.from) },
  });
  return (
    <figure class="drift-chart" data-measure={measure} data-changed={change?.isWorse ?? false}>
      <figcaption>
        <span>{name}</span>
        <b>{driftNumber(last.median)}</b>
      </figcaption>
      <div class="drift-plot">
        <p class="drift-scale" aria-hidden="true">
          <span>{driftNumber(highest)}</span>
          <span>{driftNumber(lowest)}</span>
        </p>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words}
        >
          {weeks.map(({ from, high, low, median }) => {
            const x = place(from);
            return (
              <g key={from}>
                <rect
                  class="drift-band"
                  x={x + 0.04}
                  y={y(high)}
                  width={0.92}
                  height={Math.max(1, y(low) - y(high))}
                />
                <line
                  class="drift-median"
                  x1={x + 0.04}
                  x2={x + 0.96}
                  y1={y(median)}
                  y2={y(median)}
                />
              </g>
            );
          })}
          {change !== undefined && place(change.since) >= 0 && (
            <line
              class="drift-change"
              x1={place(change.since)}
              x2={place(change.since)}
              y1={0}
              y2={height}
            />
          )}
        </svg>
      </div>
    </figure>
  );
}
