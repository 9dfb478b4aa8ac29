import type { Answer } from '../panel-answers.ts';
import type { Area } from './area.ts';
import { fit, ink, line, text } from './svg.ts';

const hidden = new Set(['__name__', 'job', 'instance', 'alertstate']);

/** Labels as columns, a row a series, the value last. */
export function drawTable(answers: readonly Answer[], area: Area): string {
  const series = answers.flatMap((answer) => answer.series);
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].filter(
    (name) => !hidden.has(name),
  );
  const rows = series.map(({ metric, value }) => [
    ...names.map((name) => metric[name] ?? ''),
    value?.[1] ?? '',
  ]);
  const heads = [...names, 'value'];
  const longest = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const total = longest.reduce((sum, letters) => sum + letters + 2, 0);
  let x = area.x + 4;
  const columns = longest.map((letters) => {
    const width = Math.min(((letters + 2) / total) * (area.width - 8), (letters + 3) * 7.5);
    const place = { x, width };
    x += width;
    return place;
  });
  const cells = (row: readonly string[], y: number, bold: boolean) =>
    row
      .map((words, column) => {
        const { x: at = 0, width = 0 } = columns[column] ?? {};
        return text(at, y, fit(words, width, 11), { bold, colour: bold ? ink.text : ink.title });
      })
      .join('');
  const fits = Math.floor((area.height - 20) / 18);
  return [
    cells(heads, area.y + 12, true),
    line(area.x, area.y + 18, area.x + area.width, area.y + 18, ink.frame),
    ...rows.slice(0, fits).map((row, index) => cells(row, area.y + 34 + index * 18, false)),
  ].join('');
}
