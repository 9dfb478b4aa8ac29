import type { NoiseProfile } from '../domain/camera-noise/noise-profile.ts';
import { figure, profileRows } from './profile-text.ts';

const [width, height] = [560, 300];
const room = { left: 46, bottom: 34, top: 12, right: 12 };

/** The profile as one HTML file without scripts and without anything from outside. */
export function profileHtml(profile: NoiseProfile): string {
  const rows = profileRows(profile).map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(profile.source)}: noise</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1f27 }
th { text-align: left; padding-right: 1.5rem; vertical-align: top; white-space: nowrap }
figure { margin: 1.5rem 0 } svg { width: 100%; height: auto; background: #f1f4f8 }
figcaption { font-size: 0.85rem; color: #4d5866 }
</style>
<h1>${escaped(profile.source)}</h1>
<p>Measured ${escaped(profile.measuredAt)} over ${figure(profile.seconds)} s, in grey values of 0 to 255.</p>
<table>${rows.join('')}</table>
<figure>${transferChart(profile)}<figcaption>Noise over light: each point the variance of parts of like level (its size: how many), the line what follows.</figcaption></figure>
<figure>${hotChart(profile)}<figcaption>Hot pixels in the part that was looked at (${profile.measured.width}x${profile.measured.height}): ${profile.measured.fixed.hot.length} shown.</figcaption></figure>
</html>
`;
}

function transferChart({ measured: { transfer } }: NoiseProfile): string {
  const { gain, points, read } = transfer;
  const most =
    Math.max(1, gain * 255 + read ** 2, ...points.map(({ variance }) => variance)) * 1.05;
  const x = (level: number) => room.left + (level / 255) * (width - room.left - room.right);
  const y = (variance: number) =>
    height - room.bottom - (variance / most) * (height - room.bottom - room.top);
  const dots = points.map(
    ({ level, tiles, variance }) =>
      `<circle cx="${x(level).toFixed(1)}" cy="${y(variance).toFixed(1)}" r="${Math.min(9, 2 + Math.sqrt(tiles) / 4).toFixed(1)}" fill="#2f6fb2" fill-opacity="0.7"/>`,
  );
  const ticks = [0, 64, 128, 192, 255].map(
    (level) =>
      `<text x="${x(level).toFixed(1)}" y="${height - 18}" font-size="11" text-anchor="middle">${level}</text>`,
  );
  const steps = [0, 0.5, 1].map((share) => {
    const at = y(most * share);
    return `<line x1="${room.left}" x2="${width - room.right}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}" stroke="#c3ccd6"/><text x="${room.left - 5}" y="${(at + 4).toFixed(1)}" font-size="11" text-anchor="end">${figure(most * share)}</text>`;
  });
  const line = `<line x1="${x(0)}" y1="${y(read ** 2).toFixed(1)}" x2="${x(255)}" y2="${y(gain * 255 + read ** 2).toFixed(1)}" stroke="#b0551b" stroke-width="2"/>`;
  const label = `Variance ${figure(gain)} times level plus ${figure(read ** 2)}`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${steps.join('')}${ticks.join('')}<text x="${width / 2}" y="${height - 3}" font-size="11" text-anchor="middle">level</text>${line}${dots.join('')}</svg>`;
}

function hotChart({ measured }: NoiseProfile): string {
  const scale = width / measured.width;
  const tall = Math.round(measured.height * scale);
  const dots = measured.fixed.hot.map(
    ({ x, y }) =>
      `<circle cx="${(x * scale).toFixed(1)}" cy="${(y * scale).toFixed(1)}" r="2.5" fill="#b0551b"/>`,
  );
  return `<svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${measured.fixed.hot.length} hot pixels"><rect width="${width}" height="${tall}" fill="#20262e"/>${dots.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
