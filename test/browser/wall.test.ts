import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { CannedPreview } from '../support/browser/canned-preview.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

interface TileState {
  readonly drawn: number;
  readonly received: number;
  readonly reduced: boolean;
}

/** How each tile keeps up, as it says itself; undefined before all have said so. */
async function tiles(page: Page): Promise<TileState[] | undefined> {
  const states = await page
    .locator('.tile')
    .evaluateAll((all) =>
      all.map(({ dataset: { drawn, received, reduced } }) => ({ drawn, received, reduced })),
    );
  if (states.some(({ drawn }) => drawn === undefined)) return undefined;
  return states.map(({ drawn, received, reduced }) => ({
    drawn: Number(drawn),
    received: Number(received),
    reduced: reduced === 'true',
  }));
}

describe('the wall', { skip, timeout: 600_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: MemoryServices;
  let fast: CannedPreview;
  let slow: CannedPreview;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    fast = new CannedPreview(ffmpeg ?? '', { width: 640, height: 360 });
    slow = new CannedPreview(ffmpeg ?? '', { width: 160, height: 96 });
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  afterEach(() => gateway?.close());

  async function open(cameras: number, preview: CannedPreview): Promise<Visitor> {
    services = new MemoryServices();
    services.cameraViews = Array.from({ length: cameras }, (_, index) => {
      const id = `camera-${index + 1}`;
      return {
        id,
        name: `Camera ${index + 1}`,
        motion: 'unwatched',
        preview: true,
        status: { cameraId: id, state: 'live', since: Date.now(), reconnects: 0 },
      };
    });
    services.onWatch = (_id, send) => preview.play(send);
    gateway = await createGateway({
      host: '127.0.0.1',
      port: 0,
      openOnLoopback: true,
      services,
      access: new FakeAccess(),
      version: '0.0.0',
      webRoot,
    });
    const visitor = await Visitor.open(browser, gateway.address, { path: '#/wall' });
    // Sixteen decoders take their time on a machine that has other work.
    visitor.page.setDefaultTimeout(90_000);
    return visitor;
  }

  it('draws each of sixteen cameras twenty times a second, or says openly which it does not', async (t) => {
    await using visitor = await open(16, fast);
    const { page } = visitor;
    await page.locator('.tile-video[data-playing="true"]').nth(15).waitFor();
    let states: TileState[] = [];
    const settled = (all: readonly TileState[]) =>
      all.every(({ drawn, received, reduced }) => reduced || drawn >= Math.min(20, received) * 0.8);
    for (let second = 0; second < 90; second += 1) {
      await page.waitForTimeout(1_000);
      states = (await tiles(page)) ?? states;
      if (states.length === 16 && settled(states)) break;
    }
    const reduced = states.filter((state) => state.reduced).length;
    t.diagnostic(
      `drawn a second: ${states.map(({ drawn, reduced: less }) => `${drawn}${less ? ' (key pictures)' : ''}`).join(', ')}`,
    );
    await page.screenshot({ path: join(shotsFolder, 'wall-16.png') });
    assert.ok(settled(states), JSON.stringify(states));
    assert.equal(await page.locator('.tile-reduced').count(), reduced);
    assert.equal(await page.locator('.wall-slow').count(), reduced > 0 ? 1 : 0);
    assert.deepEqual(visitor.complaints, []);
  });

  it('takes load off when the page falls behind, and says so', async () => {
    await using visitor = await open(4, slow);
    const { page } = visitor;
    await page.locator('.tile-video[data-playing="true"]').nth(3).waitFor();
    // Each drawing takes a tenth of a second, whatever the machine.
    await page.evaluate(
      'window.busy = true; requestAnimationFrame(function draw() { const end = performance.now() + 100; while (performance.now() < end); if (window.busy) requestAnimationFrame(draw); })',
    );
    await page.locator('.wall-slow').waitFor();
    await page.locator('.tile[data-reduced="true"] .tile-reduced').first().waitFor();
    await page.screenshot({ path: join(shotsFolder, 'wall-reduced.png') });
    await page.evaluate('window.busy = false');
    // One look, as it changes by the second: banner, tiles and their notes say the same.
    const [banner, reduced, notes, playing] = (await page.evaluate(`[
      Number(/(\\d+) of 4/.exec(document.querySelector('.wall-slow')?.textContent ?? '')?.[1]),
      document.querySelectorAll('.tile[data-reduced="true"]').length,
      document.querySelectorAll('.tile-reduced').length,
      document.querySelectorAll('.tile-video[data-playing="true"]').length,
    ]`)) as number[];
    assert.deepEqual([banner, notes, playing], [reduced, reduced, 4]);
  });

  it('pages through more cameras than it shows, by keyboard too, and leads to each of them', async () => {
    await using visitor = await open(20, slow);
    const { page } = visitor;
    await page.getByText('1 of 2').waitFor();
    assert.equal(await page.locator('.tile').count(), 16);
    await page.keyboard.press(']');
    await page.getByText('2 of 2').waitFor();
    assert.equal(await page.locator('.tile').count(), 4);
    await page.keyboard.press('4');
    await page.getByText('5 of 5').waitFor();
    await page.getByRole('button', { name: 'Previous cameras' }).click();
    await page.getByText('4 of 5').waitFor();
    await page.locator('.tile-link').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Camera 14', level: 1 }).waitFor();
    await page.locator('.tile-video[data-playing="true"]').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Camera 15', level: 1 }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('main[data-page="wall"]').waitFor();
    // The choice is remembered.
    await page.getByText('1 of 5').waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  it('keeps to one line below a picture, however much there is to say, and cuts no tile off', async () => {
    await using visitor = await open(2, slow);
    const { page } = visitor;
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const { id, status } of services.cameraViews) {
      services.cameraViews = services.cameraViews.map((view) =>
        view.id === id ? { ...view, name: `${id}: vehicles and deliveries, lower car park` } : view,
      );
      services.setStatus({
        ...status,
        reconnects: 12,
        framesPerSecond: 24.9,
        video: { codec: 'h264', width: 1920, height: 1080 },
      });
    }
    await page.reload();
    await page.locator('.tile-video[data-playing="true"]').nth(1).waitFor();
    await page.getByText('12 reconnects').nth(1).waitFor();
    const [bars, hidden] = (await page.evaluate(`[
      [...document.querySelectorAll('.tile-bar')].map((bar) => bar.offsetHeight),
      ((room) => room.scrollHeight - room.clientHeight)(document.querySelector('.grid-room')),
    ]`)) as [number[], number];
    assert.deepEqual(
      bars.filter((height) => height > 42),
      [],
    );
    assert.ok(hidden <= 2, `${hidden} px are cut off`);
  });

  it('shows for a camera that is not live how it is, since when, and what comes', async () => {
    await using visitor = await open(2, slow);
    const { page } = visitor;
    await page.locator('.tile-video[data-playing="true"]').nth(1).waitFor();
    services.setStatus({
      cameraId: 'camera-2',
      state: 'backoff',
      since: Date.now() - 65_000,
      reconnects: 4,
      retryAt: Date.now() + 30_000,
      reason: { code: 'STREAM_UNREACHABLE', message: 'The camera cannot be reached.' },
    });
    const trouble = page.locator('.tile').nth(1).locator('.tile-trouble');
    await trouble.getByText('Reconnecting').waitFor();
    const text = (await trouble.textContent()) ?? '';
    assert.match(text, /for 1 min \d+ s; last picture at \d\d:\d\d:\d\d/);
    assert.match(text, /The camera cannot be reached/);
    assert.match(text, /next attempt in \d+ s/);
    assert.equal(await page.locator('.tile-trouble').count(), 1);
    await page.getByText('1 of 2 live').waitFor();
  });
});
