import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway/gateway.ts';
import { chromiumMissing, isOfScreenshot, openBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';

const root = join(import.meta.dirname, '..', '..');
const webRoot = join(root, 'web', 'dist');
const shots = join(root, 'test-results');
const ffmpeg = findFfmpeg();
const skip =
  chromiumMissing ||
  (existsSync(join(webRoot, 'index.html'))
    ? false
    : 'the dashboard is not built: npm run build:web') ||
  (ffmpeg === undefined ? 'no ffmpeg program to paint with' : false);

describe('dashboard', { skip, timeout: 300_000 }, () => {
  let browser: { context: BrowserContext; close: () => Promise<void> };
  let gateway: Gateway | undefined;
  let services: PaintedServices;
  let page: Page;
  /** What the page complained of, and whom it asked. */
  let complaints: string[] = [];
  let hosts = new Set<string>();

  before(async () => {
    mkdirSync(shots, { recursive: true });
    browser = await openBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    services.stop();
    await page.close();
    await gateway?.close();
    gateway = undefined;
  });

  async function open(options: Partial<GatewayOptions> = {}, path = '/'): Promise<Page> {
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      host: '127.0.0.1',
      port: 0,
      openOnLoopback: true,
      services,
      access: new FakeAccess(),
      version: '0.0.0',
      webRoot,
      ...options,
    });
    services.start();
    page = await browser.context.newPage();
    complaints = [];
    hosts = new Set();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => {
      if (!isOfScreenshot(message)) complaints.push(message);
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol !== 'blob:') hosts.add(host);
    });
    page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
    await page.goto(`${gateway.address}${path}`);
    return page;
  }

  const shot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`) });

  /** True when the canvas shows a picture: its pixels are not all alike. */
  async function showsPicture(index: number): Promise<boolean> {
    const png = await page.locator('.tile-canvas').nth(index).screenshot();
    // A flat picture of this size packs to a few kilobytes.
    return png.byteLength > 12_000;
  }

  it('plays the cameras with boxes, and shows an alert with its three pictures', async () => {
    await open();
    await page.locator('.tile-video[data-playing="true"]').nth(1).waitFor();
    await page.locator('.tile-overlay[data-faces="2"]').waitFor();
    assert.ok((await showsPicture(0)) && (await showsPicture(1)));
    assert.equal(
      await page
        .locator('.feed .empty')
        .textContent()
        .then((text) => text?.includes('No alerts yet')),
      true,
    );
    await shot('dashboard-empty');

    const id = services.raisePainted();
    const card = page.locator('.alert');
    await card.waitFor();
    await card.locator('img').nth(2).waitFor();
    assert.deepEqual(
      await card
        .locator('img')
        .evaluateAll((images) => images.map((image) => image.dataset['kind'])),
      ['face', 'enhanced', 'enrolled'],
    );
    const widths = await card
      .locator('img')
      .evaluateAll((images) => images.map((image) => image.clientWidth));
    assert.ok((widths[0] ?? 0) > (widths[1] ?? 0), 'the recorded face is the largest');
    assert.match(
      (await card.locator('figure[data-made="ai"]').textContent()) ?? '',
      /AI-enhanced\s+not evidence on its own/,
    );
    const text = (await card.textContent()) ?? '';
    for (const expected of [
      'Painted Person',
      'Missing people',
      'Main entrance',
      '0.52',
      '0.41',
      '0.47',
      '0.38',
      '1 in 1,000',
      '120 people',
    ]) {
      assert.ok(text.includes(expected), `the card shows ${expected}`);
    }
    assert.equal(await page.title(), '(1) Wall · Nightglass');
    assert.match(
      (await page.locator('[aria-live="assertive"]').textContent()) ?? '',
      /New alert: Painted Person/,
    );
    await page.waitForTimeout(400);
    await shot('dashboard-alert');

    await card.locator('.picture-button').click();
    await page.locator('dialog img[data-kind="frame"]').waitFor();
    await shot('dashboard-frame');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    assert.deepEqual([...hosts], [new URL(gateway?.address ?? '').host]);
    assert.ok(
      services.audited.some(({ what, target }) => what === 'alert.viewed' && target === id),
    );
  });

  it('takes a review by keyboard alone, with a reason to dismiss', async () => {
    await open();
    services.raisePainted();
    await page.locator('.alert').waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Dismiss…' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Another person');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing open.').waitFor();
    await page.evaluate("location.hash = '#/alerts?state=all'");
    assert.equal(await page.locator('.row').getAttribute('data-state'), 'dismissed');
    const reviews = services.reviews();
    assert.deepEqual(
      reviews.map(({ action, reason }) => [action, reason]),
      [
        ['acknowledge', ''],
        ['dismiss', 'Another person'],
      ],
    );
    await shot('dashboard-dismissed');
  });

  it('comes back after the server was gone, and misses no alert', async () => {
    await open();
    services.raisePainted();
    await page.locator('.alert').waitFor();
    const { port } = new URL(gateway?.address ?? '');
    await gateway?.close();
    await page.getByText('Connection lost').waitFor();
    await page.locator('.faults').waitFor();
    await page.locator('.tile .chip', { hasText: 'No data' }).first().waitFor();
    await shot('dashboard-lost');
    services.raisePainted({ personName: 'Second Painting' });
    gateway = await createGateway({
      host: '127.0.0.1',
      port: Number(port),
      openOnLoopback: true,
      services,
      access: new FakeAccess(),
      version: '0.0.0',
      webRoot,
    });
    await page.getByRole('heading', { name: 'Second Painting' }).waitFor();
    assert.equal(await page.locator('.alert').count(), 2);
  });

  it('shows faults loudly: store, camera, provider', async () => {
    await open();
    services.healthReport = {
      ...services.healthReport,
      status: 'degraded',
      store: { writable: false, message: 'No space left on the device.' },
      problems: [
        {
          code: 'PROVIDER_UNAVAILABLE',
          message: 'CUDA was asked for and is not there; models run on the CPU.',
        },
      ],
      providers: [
        {
          model: 'detect-s',
          task: 'detect',
          provider: 'cpu',
          requested: 'cuda',
          precision: 'fp32',
        },
      ],
    };
    services.setStatus({
      cameraId: 'loading-dock',
      state: 'unauthorized',
      since: Date.now(),
      reconnects: 3,
      reason: { code: 'STREAM_UNAUTHORIZED', message: 'The camera refused the credentials.' },
      retryAt: Date.now() + 60_000,
    });
    services.writable = false;
    services.raisePainted();
    await page.getByText('The camera refused the credentials.').waitFor();
    await page.getByText('No space left on the device.').waitFor();
    await page.getByText('CUDA was asked for and is not there').waitFor();
    await page.getByText('CPU (cuda asked for)').waitFor();
    await page.getByText('Not stored:').waitFor();
    await page.locator('.alert img').nth(2).waitFor();
    await shot('dashboard-faults');
  });

  it('asks for a token where one is needed, and keeps to what it may do', async () => {
    const access = new FakeAccess({
      'good-token': { name: 'Night shift', role: 'operator', cameras: ['entrance'] },
    });
    await open({ openOnLoopback: false, access });
    await page.getByRole('button', { name: 'Use a token instead' }).click();
    await page.getByLabel('Access token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('the token is not valid').waitFor();
    await shot('dashboard-sign-in');
    await page.getByLabel('Access token').fill('good-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Night shift · operator').waitFor();
    services.raisePainted();
    await page.locator('.alert img').nth(2).waitFor();
    await page.locator('.tile-video[data-playing="true"]').waitFor();
    assert.equal(await page.locator('.tile').count(), 1);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Escalate' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Confirm' }).count(), 0);
    assert.equal(new URL(page.url()).search, '');
    access.tokens.clear();
    await page.reload();
    await page.getByLabel('Login name').waitFor();
  });

  it('fits a narrow screen', async () => {
    await open();
    await page.setViewportSize({ width: 700, height: 1000 });
    services.raisePainted();
    // Below the wall: pictures are fetched when they come into view.
    await page.locator('.alert').scrollIntoViewIfNeeded();
    await page.locator('.alert img').nth(2).waitFor();
    await page.locator('.tile').first().scrollIntoViewIfNeeded();
    await page.locator('.tile-video[data-playing="true"]').first().waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(Number(overflow) <= 0, `the page is ${overflow} px too wide`);
    await page.screenshot({ path: join(shots, 'dashboard-narrow.png'), fullPage: true });
  });
});
