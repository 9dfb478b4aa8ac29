import { existsSync } from 'node:fs';
import { type BrowserServer, chromium } from 'playwright-core';

/** Debian's Chromium, or the one that `NIGHTGLASS_CHROMIUM` names. */
const chromiumPath = process.env['NIGHTGLASS_CHROMIUM'] ?? '/usr/bin/chromium';
const limitMs = 120_000;

/** The wall in a browser, drawn on the processor: there is no graphics card here. */
export interface WatchedWall extends AsyncDisposable {
  readonly pid: number;
  /** Pictures a second that the tiles showed in the last second, all together. */
  drawn(): Promise<number>;
}

/** Opens the wall and waits until all tiles play in this form; null without a browser. */
export async function watchWall(
  { address, token }: { readonly address: string; readonly token: string },
  form: string,
  tiles: number,
): Promise<WatchedWall | null> {
  if (!existsSync(chromiumPath)) return null;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const server: BrowserServer = await chromium.launchServer({
    ...{ executablePath: chromiumPath, headless: true, args },
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const context = await browser.newContext({ viewport: { width: 1600, height: 950 } });
  context.setDefaultTimeout(limitMs);
  await context.request.post(`${address}/api/login`, { data: { token } });
  const page = await context.newPage();
  await page.goto(address);
  const playing = page.locator(`.tile-video[data-playing="true"][data-form="${form}"]`);
  await playing.nth(tiles - 1).waitFor();
  return {
    pid: server.process().pid as number,
    async drawn() {
      const all = await page.locator('.tile').all();
      const rates = await Promise.all(all.map((tile) => tile.getAttribute('data-drawn')));
      return rates.reduce((sum, rate) => sum + Number(rate ?? 0), 0);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.close();
    },
  };
}
