import type { Panel } from '../dashboards.ts';
import type { Answer, Shown } from '../panel-answers.ts';
import type { Area } from './area.ts';
import { axisMarks, timeMarks } from './chart-scale.ts';
import { formatValue } from './format-value.ts';
import { linesOf } from './panel-data.ts';
import { fit, ink, line, lineColour, rect, round, text } from './svg.ts';

/** Lines over time, with axes and a legend. */
export function drawLines(
  panel: Panel,
  answers: readonly Answer[],
  area: Area,
  { start, end }: Pick<Shown, 'start' | 'end'>,
): string {
  const { unit = 'short', min, max } = panel.fieldConfig?.defaults ?? {};
  const lines = linesOf(answers);
  const values = lines
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter(Number.isFinite);
  const marks = axisMarks(
    Math.min(min ?? Number.POSITIVE_INFINITY, ...values),
    Math.max(max ?? Number.NEGATIVE_INFINITY, ...values),
    unit,
  );
  const low = marks[0] ?? 0;
  const high = marks.at(-1) ?? 1;
  const legend = drawLegend(
    lines.map(({ name }) => name),
    area,
  );
  const left = area.x + 56;
  const right = area.x + area.width - 6;
  const bottom = area.y + area.height - legend.height - 18;
  const x = (at: number) => left + ((at - start) / (end - start)) * (right - left);
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - area.y - 6);
  const axes = [
    ...marks.map(
      (mark) =>
        line(left, y(mark), right, y(mark), ink.faint) +
        text(left - 6, y(mark) + 4, formatValue(mark, unit), { anchor: 'end', size: 10 }),
    ),
    ...timeMarks(start, end, Math.max(2, Math.floor((right - left) / 70))).map(({ at, label }) =>
      text(x(at), bottom + 14, label, { anchor: 'middle', size: 10 }),
    ),
  ];
  const paths = lines.map(({ points }, index) => {
    let drawing = false;
    const steps = points.map(([at, value], sample) => {
      // Lines break where there is no number, and where samples are missing.
      const gap = at - (points[sample - 1]?.[0] ?? at) > (end - start) / 20;
      if (!Number.isFinite(value)) {
        drawing = false;
        return '';
      }
      const verb = drawing && !gap ? 'L' : 'M';
      drawing = true;
      // A lone point between gaps still shows.
      return `${verb}${round(x(at))} ${round(y(value))}${verb === 'M' ? 'h.1' : ''}`;
    });
    return `<path d="${steps.join('')}" fill="none" stroke="${lineColour(index)}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>`;
  });
  return [...axes, ...paths, legend.drawing].join('');
}

function drawLegend(names: readonly string[], area: Area): { drawing: string; height: number } {
  const parts: string[] = [];
  let x = area.x + 4;
  let row = 0;
  const places = names.map((name) => {
    const words = fit(name, area.width - 30);
    const width = words.length * 6.2 + words.replaceAll(/[^A-Z_]/g, '').length * 1.8 + 24;
    if (x + width > area.x + area.width && x > area.x + 4) {
      x = area.x + 4;
      row += 1;
    }
    const place = { x, row, words };
    x += width;
    return place;
  });
  const height = (row + 1) * 15;
  places.forEach((place, index) => {
    const y = area.y + area.height - height + place.row * 15 + 11;
    parts.push(
      rect(place.x, y - 7, 10, 3, lineColour(index)),
      text(place.x + 14, y, place.words, { size: 10.5 }),
    );
  });
  return { drawing: parts.join(''), height };
}
