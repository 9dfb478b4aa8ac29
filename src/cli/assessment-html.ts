import type { Assessment, MeasureReport } from '../domain/assessment/assessment.ts';
import { limits } from '../domain/assessment/limits.ts';
import { adviceText, cautions, figure, verdictLines, verdictText } from './assessment-text.ts';

const width = 360;
const height = 90;

/** Pixels between the eyes that the evaluation's levels have, and those that advice names. */
const distances = [6, 8, 10, limits.alertDistance, limits.goodDistance];

/** Values that a histogram marks. */
function marksOf({ measure, good: { from, to } }: MeasureReport): readonly number[] {
  if (measure === 'interEyeDistance' || measure === 'effectiveDistance') return distances;
  return [from, to].filter((mark) => mark !== null);
}

/** The report of an assessment as one HTML file without scripts and without anything from outside. */
export function assessmentHtml(what: string, assessment: Assessment): string {
  const pictures = assessment.measures
    .filter(({ count }) => count > 0)
    .map(histogram)
    .join('\n');
  const advice = assessment.advice.map((each) => `<li>${escaped(adviceText(each))}</li>`).join('');
  const sentences = verdictLines(assessment).map((line) => `<p>${escaped(line)}</p>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(what)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1f27 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem }
figure { margin: 0 } svg { width: 100%; height: auto; background: #f1f4f8 }
figcaption, footer { font-size: 0.85rem; color: #4d5866 }
</style>
<h1>${escaped(what)}</h1>
<h2>${escaped(verdictText(assessment.use))}</h2>
${sentences.join('\n')}
<h2>What to change</h2>
${advice === '' ? '<p>Nothing stands out.</p>' : `<ol>${advice}</ol>`}
<h2>Measured</h2>
<main>
${pictures}
</main>
<footer>${cautions(assessment).map(escaped).join('<br>')}</footer>
</html>
`;
}

function histogram(report: MeasureReport) {
  const { measure, unit, edges, counts, count, low, median, high } = report;
  const largest = Math.max(1, ...counts);
  const step = width / counts.length;
  const bars = counts.map((each, index) => {
    const tall = (each / largest) * (height - 14);
    return `<rect x="${(index * step).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${(step * 0.88).toFixed(1)}" height="${tall.toFixed(1)}" fill="#2f6fb2"/>`;
  });
  const lines = marksOf(report).map((at) => {
    const x = (placeOf(at, edges) * step).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="12" y2="${height}" stroke="#b0551b" stroke-dasharray="3 3"/><text x="${x}" y="10" font-size="10" text-anchor="middle" fill="#b0551b">${figure(at)}</text>`;
  });
  const values = [low, median, high].map((value) => (value === null ? '–' : figure(value)));
  const caption = `${measure}: ${values.join(' / ')} ${unit}, of ${count}`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(caption)}">${bars.join('')}${lines.join('')}</svg><figcaption>${escaped(caption)} (${figure(edges[0] ?? 0)} to ${figure(edges.at(-1) ?? 0)})</figcaption></figure>`;
}

/** Where a value lies among the bins, in bins. */
function placeOf(value: number, edges: readonly number[]): number {
  for (let bin = 0; bin + 1 < edges.length; bin += 1) {
    const [low = 0, high = 0] = edges.slice(bin, bin + 2);
    if (value <= high) return bin + Math.max(0, (value - low) / (high - low));
  }
  return edges.length - 1;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
