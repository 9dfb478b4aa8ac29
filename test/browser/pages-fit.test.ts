import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { CameraOutageTable } from '../../src/store/camera-outage-table.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { putShadow } from '../support/gateway/put-shadow.ts';
import { putSiteAlert } from '../support/gateway/put-site-alert.ts';
import { sampleSighting } from '../support/gateway/sample-alert.ts';
import { besideEachOther, emptyScene, toJpeg } from '../support/images/portraits.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

const sizes = [
  { width: 1440, height: 900 },
  { width: 1270, height: 800 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const looks = [
  { language: 'en', theme: 'dark' },
  { language: 'zh', theme: 'light' },
  { language: 'en', theme: 'light' },
  { language: 'zh', theme: 'dark' },
] as const;

/** What does not fit: the page itself, pills that are cut by what they stand in, and the bar. */
const misfits = `(() => {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) {
    found.push('the page is ' + (page.scrollWidth - page.clientWidth) + ' px too wide');
  }
  for (const pill of document.querySelectorAll('.chip')) {
    const box = pill.getBoundingClientRect();
    if (box.width === 0) continue;
    const cut = pill.clientWidth > 0 && pill.scrollWidth > pill.clientWidth + 1;
    let hidden = false;
    for (let room = pill.parentElement; room !== null && !hidden; room = room.parentElement) {
      const { overflowX } = getComputedStyle(room);
      // What scrolls can be reached.
      if (overflowX === 'auto' || overflowX === 'scroll') break;
      if (overflowX === 'visible') continue;
      const { left, right } = room.getBoundingClientRect();
      hidden = box.left < left - 1 || box.right > right + 1;
    }
    if (cut || hidden) found.push('a pill is cut: ' + pill.textContent);
  }
  // Of the bar nothing lies over anything else.
  const parts = [...document.querySelectorAll('.brand, .nav a, .nav-toggle, .top-end > *')]
    .map((part) => ({ part, box: part.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  for (const [at, a] of parts.entries()) {
    for (const b of parts.slice(at + 1)) {
      const over =
        Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
        Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 1;
      if (over) found.push('in the bar: ' + a.part.textContent + ' / ' + b.part.textContent);
    }
  }
  const bar = document.querySelector('.top-end')?.getBoundingClientRect();
  if (bar !== undefined && bar.height > 60) found.push('the bar has two lines');
  return found;
})()`;

describe('every page fits', { skip, timeout: 900_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;
  let alertId = '';
  let personId = '';

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0' },
      ...{ services, webRoot },
      access: new FakeAccess({ 'Chief of the day': { role: 'admin' } }),
    });
    services.addList('list-1', { name: 'Missing people of the northern districts, 2026' });
    services.addList('list-2', { name: 'Barred', priority: 'urgent', twoPersonReview: true });
    const { id } = services.addPerson('list-1', 'Maximiliane Freifrau von Beispiel-Musterhausen');
    personId = id;
    alertId = services.raisePainted({
      personId: id,
      personName: 'Maximiliane Freifrau von Beispiel-Musterhausen',
      watchlistName: 'Missing people of the northern districts, 2026',
    });
    services.sight(alertId, sampleSighting(1, { capturedAt: Date.now() }));
    services.alertStore.note(alertId, 'Went towards gate 4, with a large red suitcase', 'ann');
    services.alertStore.review(alertId, { action: 'escalate', reviewer: 'ann' });
    services.raisePainted({ watchlistId: 'list-2', watchlistName: 'Barred', personName: 'Second' });
    putShadow(services.store, ['list-1', 'list-2']);
    services.addSite('harbour-north-terminal', {
      ...{ up: false, behind: ['list-1'], lists: [{ id: 'list-2', version: 1, people: 1 }] },
      ...{ waiting: 12, late: 3 },
    });
    services.federation.setSites('list-1', ['harbour-north-terminal'], { name: 'ann' });
    putSiteAlert(services.store, 'harbour-north-terminal', 1, {
      ...{ changes: { personName: 'Maximiliane Freifrau von Beispiel-Musterhausen' } },
      ...{ delayMs: 7_200_000, pictures: Object.fromEntries(services.pictures) },
    });
    const since = Date.now() - 600_000;
    const outage = { cameraId: 'loading-dock', code: 'STREAM_STALLED', message: 'No frames.' };
    new CameraOutageTable(services.store).begin({ ...outage, since });
    const found = await services.find({
      image: { name: 'x', bytes: new Uint8Array(8) },
      watchlistIds: [],
      limit: 1,
    });
    const [face] = found;
    assert.ok(face);
    services.find = async () =>
      Array.from({ length: 7 }, (_, at) => ({
        ...face,
        box: { x: 40 + at * 320, y: 60, width: 90, height: 110 },
      }));
    services.start();
  });
  after(async () => {
    services?.stop();
    await gateway?.close();
    await browser?.close();
  });

  const pages = (): readonly string[] => [
    '#/wall',
    '#/camera/loading-dock',
    '#/alerts',
    `#/alerts/${alertId}`,
    '#/shift',
    '#/watchlists',
    '#/watchlists/list-1',
    '#/learning',
    `#/learning/${personId}`,
    '#/search',
    '#/footage',
    '#/review',
    '#/review?view=statistics',
    '#/sites',
    '#/cameras',
    '#/calibration/entrance',
    '#/assessment/entrance',
    '#/profile/entrance',
    '#/system',
  ];

  async function shoot(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(shotsFolder, `fit-${name}.png`) });
  }

  /** Searches with a picture of seven faces beside each other. */
  async function searchSeven(page: Page, language: 'en' | 'zh'): Promise<void> {
    const row = Array.from({ length: 6 }).reduce<ReturnType<typeof emptyScene>>(
      (left) => besideEachOther(left, emptyScene()),
      emptyScene(),
    );
    const buffer = await toJpeg(row);
    const file = { name: 'seven.jpg', mimeType: 'image/jpeg', buffer };
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.locator('.search-form textarea').fill('Who is this');
    await page.locator('.search-form [type=submit]').click();
    const last = language === 'en' ? 'Face 7' : /7/;
    await page.locator('.probe-list button').filter({ hasText: last }).last().waitFor();
    await page.locator('.probe-picture svg').waitFor();
  }

  for (const [at, { width, height }] of sizes.entries()) {
    // Words take room, colours none: each size in both languages, the themes in turn.
    const pair = at % 2 === 0 ? looks.slice(0, 2) : looks.slice(2);
    // Between two lines of the bar and one, the longer words tell.
    for (const { language, theme } of width === 1270 ? pair.slice(0, 1) : pair) {
      it(`${width}x${height}, ${language}, ${theme}`, async () => {
        await using visitor = await Visitor.open(browser, gateway.address, {
          ...{ token: 'Chief of the day', path: '#/wall', language, theme },
          ...{ viewport: { width, height }, phone: width < 500 },
        });
        const { page } = visitor;
        const found: string[] = [];
        for (const path of pages()) {
          await visitor.go(path);
          const name = path
            .replace(alertId, 'one')
            .replace(personId, 'one')
            .replaceAll(/[#/?=]+/g, '-');
          await shoot(page, `${width}-${language}-${theme}${name}`);
          if (path === '#/search') {
            await searchSeven(page, language);
            await shoot(page, `${width}-${language}-${theme}${name}-seven`);
          }
          const wrong = (await page.evaluate(misfits)) as string[];
          found.push(...wrong.map((each) => `${path}: ${each}`));
        }
        assert.deepEqual(found, []);
      });
    }
  }
});
