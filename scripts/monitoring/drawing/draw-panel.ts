import type { Panel } from '../dashboards.ts';
import type { Answer, Shown } from '../panel-answers.ts';
import type { Area } from './area.ts';
import { drawHeatmap } from './draw-heatmap.ts';
import { drawLines } from './draw-lines.ts';
import { drawTable } from './draw-table.ts';
import { formatValue } from './format-value.ts';
import { looksOf, valuesOf } from './panel-data.ts';
import { colourOf, fit, ink, lineColour, rect, text } from './svg.ts';

/** Draws the inside of a panel from what Prometheus answered. */
export function drawPanel(
  panel: Panel,
  answers: readonly Answer[],
  area: Area,
  shown: Pick<Shown, 'start' | 'end'>,
): string {
  if (answers.every(({ series }) => series.length === 0)) {
    return text(area.x + area.width / 2, area.y + area.height / 2, 'No data', { anchor: 'middle' });
  }
  switch (panel.type) {
    case 'stat':
      return drawStats(panel, answers, area);
    case 'bargauge':
      return drawBars(panel, answers, area);
    case 'timeseries':
      return drawLines(panel, answers, area, shown);
    case 'state-timeline':
      return drawStates(panel, answers, area, shown);
    case 'heatmap':
      return drawHeatmap(answers, area, shown);
    case 'table':
      return drawTable(answers, area);
    default:
      throw new RangeError(`Cannot draw the panel ${panel.title}: it is a ${panel.type}`);
  }
}

function drawStats(panel: Panel, answers: readonly Answer[], area: Area): string {
  const { unit = 'short', decimals } = panel.fieldConfig?.defaults ?? {};
  const values = valuesOf(answers);
  const width = area.width / values.length;
  const asName = panel.options?.textMode === 'name';
  return values
    .map(({ name, value }, index) => {
      const { words, colour } = looksOf(panel, value);
      const shownValue = asName ? name : (words ?? formatValue(value, unit, decimals));
      const size = Math.min(30, Math.floor((width * 1.6) / Math.max(4, shownValue.length)));
      const middle = area.x + width * (index + 0.5);
      const fill = colour === undefined ? ink.title : colourOf(colour);
      return (
        text(middle, area.y + area.height / 2 + size / 3, shownValue, {
          size,
          colour: fill,
          anchor: 'middle',
          bold: true,
        }) +
        (asName
          ? ''
          : text(middle, area.y + area.height - 4, fit(name, width), { anchor: 'middle' }))
      );
    })
    .join('');
}

function drawBars(panel: Panel, answers: readonly Answer[], area: Area): string {
  const { unit = 'short', decimals, max, min = 0 } = panel.fieldConfig?.defaults ?? {};
  const values = valuesOf(answers);
  const top = max ?? Math.max(...values.map(({ value }) => value), 1e-9);
  const height = Math.min(30, area.height / values.length);
  const names = Math.min(
    area.width * 0.4,
    Math.max(...values.map(({ name }) => name.length)) * 6.4 + 10,
  );
  const room = area.width - names - 56;
  return values
    .map(({ name, value }, index) => {
      const y = area.y + index * height;
      const { colour } = looksOf(panel, value);
      const share = Math.min(1, Math.max(0, (value - min) / (top - min)));
      const fill = colour === undefined ? lineColour(0) : colourOf(colour);
      const base = y + height / 2 + 4;
      return (
        text(area.x + names - 6, base, fit(name, names), { anchor: 'end' }) +
        rect(area.x + names, y + 2, room, height - 4, ink.faint) +
        rect(area.x + names, y + 2, room * share, height - 4, fill) +
        text(area.x + names + room + 6, base, formatValue(value, unit, decimals), {
          colour: ink.title,
        })
      );
    })
    .join('');
}

function drawStates(
  panel: Panel,
  answers: readonly Answer[],
  area: Area,
  { start, end }: Pick<Shown, 'start' | 'end'>,
): string {
  const rows = answers.flatMap(({ series }) => series);
  const names = 110;
  const height = Math.min(40, area.height / rows.length);
  const width = area.width - names;
  return rows
    .map(({ metric, values = [] }, index) => {
      const y = area.y + index * height;
      const cells = values.map(([at, value], sample) => {
        const next = values[sample + 1]?.[0] ?? end;
        const { colour = ink.text } = looksOf(panel, Number(value));
        const x = area.x + names + ((at - start) / (end - start)) * width;
        return rect(
          x,
          y + 4,
          ((next - at) / (end - start)) * width + 0.5,
          height - 8,
          colourOf(colour),
        );
      });
      return `${text(area.x + names - 8, y + height / 2 + 4, fit(metric['camera'] ?? '', names), { anchor: 'end' })}${cells.join('')}`;
    })
    .join('');
}
