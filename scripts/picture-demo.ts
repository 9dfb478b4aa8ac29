/*
 * Takes the pictures at the top of README.md: runs the demo, opens its dashboard in Chromium,
 * waits for the night camera's alert and its clip, and writes docs/pictures/*.jpg.
 *
 *   npm run pictures
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'docs', 'pictures');
const viewport = { width: 1440, height: 900 };

/** Selects the night camera's alert, and waits until its clip can be played. */
async function showNight(page: Page): Promise<void> {
  const made = page.locator('figure[data-made="ai"] img');
  const clip = page.locator('.clip[data-state="ready"]');
  for (const until = Date.now() + 240_000; Date.now() < until; ) {
    const row = page.locator('.row', { hasText: 'night' }).first();
    if ((await row.count()) > 0) {
      await row.click();
      await page.waitForTimeout(1_000);
      if ((await made.count()) > 0 && (await clip.count()) > 0) return;
    }
    await page.waitForTimeout(2_000);
  }
  throw new Error('No alert of the night camera came within four minutes');
}

const data = await mkdtemp(join(tmpdir(), 'nightglass-pictures-'));
await mkdir(pictures, { recursive: true });
const demo = spawn(
  process.execPath,
  ['src/cli/main.ts', 'demo', '--json', '--port', '0', '--data', data],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [line] = await once(createInterface({ input: demo.stdout }), 'line');
  const { address } = JSON.parse(line) as { readonly address: string };
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport, colorScheme: 'dark' });
    await page.goto(`${address}/#/alerts`);
    await page.getByRole('button', { name: 'Close the tour' }).click();
    await showNight(page);
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(pictures, 'alert.jpg'), type: 'jpeg', quality: 82 });
    await page.goto(`${address}/#/wall`);
    await page.waitForTimeout(8_000);
    await page.screenshot({ path: join(pictures, 'wall.jpg'), type: 'jpeg', quality: 82 });
  } finally {
    await browser.close();
  }
} finally {
  demo.kill('SIGTERM');
  if (demo.exitCode === null) await once(demo, 'exit');
  await rm(data, { recursive: true, force: true });
}
