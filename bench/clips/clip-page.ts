import { existsSync } from 'node:fs';
import { chromium, type Locator } from 'playwright-core';

/** Debian's Chromium, or the one that `NIGHTGLASS_CHROMIUM` names. */
const chromiumPath = process.env['NIGHTGLASS_CHROMIUM'] ?? '/usr/bin/chromium';
const limitMs = 60_000;

/** When an open alert page had a clip, wall time in milliseconds. */
export interface ClipShown {
  /** The page said that there is one. */
  readonly offered: number;
  /** The browser had decoded a picture of it. */
  readonly playable: number;
}

/** The alert page in a browser, opened before there is an alert. */
export interface ClipPage extends AsyncDisposable {
  /** Waits until the alert's clip is offered, without a reload, asks for it and waits until it plays. */
  watch(alertId: string, appearance: number): Promise<ClipShown>;
}

/** Opens it; null on a machine without the browser. */
export async function openClipPage(address: string): Promise<ClipPage | null> {
  if (!existsSync(chromiumPath)) return null;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args });
  const page = await browser.newPage();
  page.setDefaultTimeout(limitMs);
  await page.goto(`${address}/#/alerts`);
  return {
    async watch(alertId, appearance) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/alerts/${alertId}`)}`);
      if (appearance > 0) await page.locator('.clip select').selectOption(String(appearance));
      const show = page.locator('.clip[data-state="ready"]').getByRole('button').first();
      await show.waitFor();
      const offered = Date.now();
      await show.click();
      const playable = await decoded(page.locator('.clip video'));
      return { offered, playable };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Waits until the current picture is there. */
async function decoded(video: Locator): Promise<number> {
  for (const end = performance.now() + limitMs; performance.now() < end; ) {
    const state = await video.evaluate((element) => Reflect.get(element, 'readyState') as number);
    if (state >= 2) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The clip does not play');
}
