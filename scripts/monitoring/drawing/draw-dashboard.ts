import type { Dashboard } from '../dashboards.ts';
import { askPanel, type Shown } from '../panel-answers.ts';
import type { Prometheus } from '../prometheus-process.ts';
import { drawPanel } from './draw-panel.ts';
import { fit, ink, rect, text } from './svg.ts';

const width = 1280;
const margin = 12;
const column = (width - 2 * margin) / 24;
const rowHeight = 34;
const top = 64;

/** A picture of a dashboard, SVG: all panels where they stand, with what Prometheus answers. */
export async function drawDashboard(
  dashboard: Dashboard,
  prometheus: Prometheus,
  shown: Shown,
): Promise<string> {
  const { panels, title, description } = dashboard;
  const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const height = top + rows * rowHeight + margin;
  const set = Object.entries(shown.values)
    .filter(([, value]) => value !== '.*')
    .map(([name, value]) => `${name}: ${value}`);
  const drawn: string[] = [];
  for (const panel of panels) {
    const { x, y, w, h } = panel.gridPos;
    const left = margin + x * column;
    const upper = top + y * rowHeight;
    if (panel.type === 'row') {
      drawn.push(
        text(left + 4, upper + 22, panel.title, { size: 14, colour: ink.title, bold: true }),
      );
      continue;
    }
    const [panelWidth, panelHeight] = [w * column - 6, h * rowHeight - 6];
    const area = {
      x: left + 10,
      y: upper + 28,
      width: panelWidth - 20,
      height: panelHeight - 36,
    };
    const answers = await askPanel(panel, prometheus, shown);
    drawn.push(
      rect(left, upper, panelWidth, panelHeight, ink.panel, ` stroke="${ink.frame}" rx="2"`),
      text(left + 10, upper + 18, fit(panel.title, panelWidth - 16, 12), {
        size: 12,
        colour: ink.title,
        bold: true,
      }),
      drawPanel(panel, answers, area, shown),
    );
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif">`,
    rect(0, 0, width, height, ink.page),
    text(margin + 4, 30, [title, ...set].join(' · '), { size: 18, colour: ink.title, bold: true }),
    text(margin + 4, 50, description, { size: 12 }),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
