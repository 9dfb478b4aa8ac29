/*
 * Draws the icons of the installed dashboard from its mark, web/public/icon.svg:
 *
 *   node scripts/draw-icons.ts
 *
 * Needs Debian's Chromium, or the one that NIGHTGLASS_CHROMIUM names.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = join(import.meta.dirname, '..', 'web', 'public');
const mark = readFileSync(join(folder, 'icon.svg'), 'utf8');
const background = '#0d1317';

interface Icon {
  readonly name: string;
  /** Pixels of a side. */
  readonly side: number;
  /** The mark's share of a side; systems cut up to a fifth of a maskable one away on each side. */
  readonly share?: number;
  readonly fill?: string;
  /** Systems draw the shape of a badge in a colour of theirs. */
  readonly shape?: boolean;
}

const icons: readonly Icon[] = [
  { name: 'icon-192', side: 192 },
  { name: 'icon-512', side: 512 },
  { name: 'maskable-512', side: 512, share: 0.8, fill: background },
  { name: 'apple-touch-180', side: 180, share: 0.9, fill: background },
  { name: 'badge-96', side: 96, shape: true },
];

const browser = await chromium.launch({
  executablePath: process.env['NIGHTGLASS_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  mkdirSync(join(folder, 'icons'), { recursive: true });
  const page = await browser.newPage();
  for (const { name, side, share = 1, fill = 'transparent', shape = false } of icons) {
    await page.setViewportSize({ width: side, height: side });
    const drawn = shape ? mark.replace(/<rect[^>]*\/>/, '').replaceAll('#6fd3c7', '#ffffff') : mark;
    const size = Math.round(side * share);
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;width:${side}px;height:${side}px;background:${fill}">${drawn.replace('<svg ', `<svg width="${size}" height="${size}" `)}</body>`,
    );
    const png = await page.screenshot({ omitBackground: true });
    writeFileSync(join(folder, 'icons', `${name}.png`), png);
  }
} finally {
  await browser.close();
}
