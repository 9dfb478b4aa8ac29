import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { findViolations } from '../support/browser/find-violations.ts';
import { chromiumMissing, openBrowser } from '../support/gateway/chromium.ts';

const root = join(import.meta.dirname, '..', '..');
const shots = join(root, 'test-results');
const skip =
  chromiumMissing ||
  (existsSync(join(root, 'web', 'dist', 'index.html')) ? false : 'the dashboard is not built');

describe('the demo in a browser', { skip, timeout: 240_000 }, () => {
  let demo: ChildProcess;
  let data: string;
  let address: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  before(async () => {
    mkdirSync(shots, { recursive: true });
    data = await mkdtemp(join(tmpdir(), 'nightglass-demo-'));
    demo = spawn(
      process.execPath,
      ['src/cli/main.ts', 'demo', '--json', '--port', '0', '--data', data],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: demo.stdout as NodeJS.ReadableStream });
    const ended = once(demo, 'exit').then(([code]) =>
      Promise.reject(new Error(`it ended: ${code}`)),
    );
    const [line] = await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => undefined);
    address = JSON.parse(line).address;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    if (demo && demo.exitCode === null) {
      demo.kill('SIGTERM');
      await once(demo, 'exit');
    }
    await rm(data, { recursive: true, force: true });
  });

  it('shows live video, boxes and the first alert within a minute', async () => {
    const page = await browser.context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    const started = performance.now();
    await page.goto(address);
    const card = page.locator('.alert').first();
    await card.waitFor({ timeout: 60_000 });
    const seconds = (performance.now() - started) / 1000;
    // Original, enhanced (where there is one) and enrolled picture, decoded by the browser.
    const pictures = card.locator('img');
    await pictures.nth(1).waitFor();
    for (const picture of await pictures.all()) {
      await picture.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
    }
    // As the cameras send it: this Chromium decodes H.264.
    await page.locator('.tile-video[data-form="coded"]').nth(1).waitFor();
    // Video of both cameras: two pictures of a canvas at different times differ.
    const canvases = page.locator('.tile-canvas');
    assert.equal(await canvases.count(), 2);
    for (const canvas of await canvases.all()) {
      let first = await canvas.screenshot();
      // The alert may be there before the preview's first picture.
      for (let wait = 0; first.byteLength <= 8_000 && wait < 40; wait += 1) {
        await page.waitForTimeout(250);
        first = await canvas.screenshot();
      }
      assert.ok(first.byteLength > 8_000, 'the canvas is flat');
      await page.waitForTimeout(1500);
      assert.notDeepEqual(await canvas.screenshot(), first);
    }
    await page.screenshot({ path: join(shots, 'demo.png') });
    assert.deepEqual(complaints, []);
    assert.ok(seconds < 60, `the first alert came after ${seconds.toFixed(0)} s`);
  });

  it('leads through itself once, in three cards, in the language of the page', async () => {
    const page = await browser.context.newPage();
    await page.goto(address);
    const tour = page.locator('.tour');
    const titles = [];
    for (const button of ['Next', 'Next', 'Done']) {
      titles.push(await tour.getByRole('heading').textContent());
      // While a button changes its colour nobody could measure its contrast.
      await tour.evaluate((card) =>
        Promise.all(
          (card as unknown as { getAnimations(of: object): { finished: Promise<unknown> }[] })
            .getAnimations({ subtree: true })
            .map(({ finished }) => finished),
        ),
      );
      assert.deepEqual(await findViolations(page), []);
      if (button === 'Done') {
        await page.locator('.top select').selectOption('zh');
        await tour.getByRole('heading', { name: '由人作决定' }).waitFor();
        assert.deepEqual(await findViolations(page), []);
        await page.screenshot({ path: join(shots, 'tour-zh.png') });
        await page.locator('.top select').selectOption('en');
      }
      await tour.getByRole('button', { name: button }).click();
    }
    assert.equal(new Set(titles).size, 3);
    await tour.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.tile-canvas').first().waitFor();
    assert.equal(await tour.count(), 0, 'closed for good');
    await page.evaluate('localStorage.removeItem("nightglass.tourClosed")');
    await page.reload();
    await tour.getByRole('button', { name: 'Close the tour' }).click();
    await page.reload();
    await page.locator('.tile-canvas').first().waitFor();
    assert.equal(await tour.count(), 0);
    await page.close();
  });

  it('plays the seconds around the alert with its boxes, picture by picture', async () => {
    const page = await browser.context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${address}/#/alerts`);
    // It comes without a reload, when its last seconds are over.
    const show = page.locator('.clip[data-state="ready"]').getByRole('button').first();
    const answered = page.waitForResponse((response) => /\/clips\/0\/faces/.test(response.url()));
    await show.click({ timeout: 60_000 });
    const faces = (await (await answered).json()) as { readonly pictures: readonly number[] };
    const video = page.locator('.clip video');
    const clock = page.locator('.clip-clock');
    const boxes = page.locator('.clip-boxes rect[data-subject="true"]');
    await boxes.first().waitFor();
    const [width, duration] = await video.evaluate((element) => {
      const { videoWidth, duration: seconds } = element as unknown as {
        videoWidth: number;
        duration: number;
      };
      return [videoWidth, seconds];
    });
    assert.ok(width === 768 || width === 480, `${width}`);
    assert.ok((duration ?? 0) >= 10, `${duration} s`);
    assert.match((await clock.textContent()) ?? '', /^\+0\.00 /);
    // What the clock says so many pictures from that of the alert.
    const moment = Number(await page.locator('.clip-time').inputValue());
    const index = faces.pictures.indexOf(moment);
    assert.ok(index >= 8, `picture ${index} at ${moment} ms`);
    const clockAt = (steps: number) => {
      const seconds = ((faces.pictures[index + steps] ?? Number.NaN) - moment) / 1000;
      const words = `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(2)} `;
      return clock.filter({ hasText: words });
    };
    await video.focus();
    // Faster than a picture is drawn: each key counts.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await clockAt(-2).waitFor();
    await page.keyboard.press('ArrowRight');
    await clockAt(-1).waitFor();
    const pressAtOnce = (keys: readonly string[]) =>
      video.evaluate((element, names) => {
        const { dispatchEvent } = element as unknown as EventTarget;
        for (const key of names) {
          dispatchEvent.call(
            element,
            Object.assign(new Event('keydown', { bubbles: true, cancelable: true }), { key }),
          );
        }
      }, keys);
    await pressAtOnce(Array.from({ length: 7 }, () => 'ArrowLeft'));
    await clockAt(-8).waitFor();
    await page.waitForFunction(
      (seconds) => {
        const { document } = globalThis as unknown as {
          document: { querySelector(name: string): { currentTime: number; seeking: boolean } };
        };
        const { currentTime, seeking } = document.querySelector('.clip video');
        return !seeking && Math.abs(currentTime - seconds) < 0.01;
      },
      (faces.pictures[index - 8] ?? 0) / 1000,
    );
    await clockAt(-8).waitFor();
    // Paused before it could begin to play.
    await pressAtOnce([' ', ' ']);
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press(' ');
    await page.keyboard.press('Home');
    await clock.filter({ hasText: /^\+0\.00 / }).waitFor();
    await page.screenshot({ path: join(shots, 'clip.png') });
    assert.deepEqual(await findViolations(page), []);
    assert.deepEqual(complaints, []);
  });

  it('ends with exit code 0 on SIGTERM, within five seconds', async () => {
    const started = performance.now();
    demo.kill('SIGTERM');
    const [code] = await once(demo, 'exit');
    assert.equal(code, 0);
    assert.ok(performance.now() - started < 6000);
  });
});
