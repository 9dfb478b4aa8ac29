import type { Answer, Shown } from '../panel-answers.ts';
import type { Area } from './area.ts';
import { timeMarks } from './chart-scale.ts';
import { rect, text } from './svg.ts';

/** A histogram over time: how many fell into each bucket, the darker the more. */
export function drawHeatmap(
  answers: readonly Answer[],
  area: Area,
  { start, end }: Pick<Shown, 'start' | 'end'>,
): string {
  const buckets = answers
    .flatMap(({ series }) => series)
    .map(({ metric, values = [] }) => ({
      upTo: metric['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(metric['le']),
      counts: new Map(values.map(([at, value]) => [at, Number(value)])),
    }))
    .sort((a, b) => a.upTo - b.upTo);
  const times = [...new Set(buckets.flatMap(({ counts }) => [...counts.keys()]))].sort(
    (a, b) => a - b,
  );
  const step = Math.max(1, (end - start) / 60);
  const columns = Map.groupBy(times, (at) => Math.floor((at - start) / step));
  const cells = [...columns].flatMap(([column, at]) => {
    // Buckets are cumulative: what fell into one is what it has above the one below.
    let below = 0;
    return buckets.map(({ counts }, row) => {
      const sum = at.reduce((total, time) => total + (counts.get(time) ?? 0), 0) / at.length;
      const count = Math.max(0, sum - below);
      below = Math.max(below, sum);
      return { column, row, count };
    });
  });
  const most = Math.max(...cells.map(({ count }) => count), 1e-9);
  const left = area.x + 44;
  const bottom = area.y + area.height - 18;
  const width = (area.x + area.width - 6 - left) / ((end - start) / step);
  const height = (bottom - area.y) / buckets.length;
  return [
    ...cells
      .filter(({ count }) => count > 0)
      .map(({ column, row, count }) =>
        rect(
          left + column * width,
          bottom - (row + 1) * height,
          width - 0.6,
          height - 0.6,
          '#0b559f',
          ` fill-opacity="${(0.08 + 0.92 * Math.sqrt(count / most)).toFixed(2)}"`,
        ),
      ),
    ...buckets.map(({ upTo }, row) =>
      text(
        left - 6,
        bottom - (row + 0.5) * height + 4,
        Number.isFinite(upTo) ? `≤ ${upTo}` : 'more',
        {
          anchor: 'end',
          size: 10,
        },
      ),
    ),
    ...timeMarks(start, end, 8).map(({ at, label }) =>
      text(left + ((at - start) / step) * width, bottom + 14, label, {
        anchor: 'middle',
        size: 10,
      }),
    ),
  ].join('');
}
