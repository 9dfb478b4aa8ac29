import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { learningPolicy } from '../support/gateway/memory-services.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { filesOf } from '../support/services/exported-case.ts';
import { templateFor, vectorAt } from '../support/services/watchlist-fixture.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

describe('faces for training on the page', { skip, timeout: 400_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;
  let folder: string;
  let ada: string;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'nightglass-learning-'));
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    const face = services.pictures.get('face') ?? assert.fail();
    for (const kind of ['best-1', 'best-2']) services.pictures.set(kind, face);
    services.addList('list-1', { name: 'Staff', cameras: '*' });
    const image = services.pictures.get('enrolled') ?? assert.fail();
    const people = ['Ada Lovegrove', 'Bea', 'Cyd'].map((name, at) => {
      const { id } = services.lists.addPerson('list-1', { name });
      services.lists.addTemplate(templateFor(id, vectorAt(at), { image }));
      return id;
    });
    ada = people[0] ?? assert.fail();
    for (const [n, personId] of [ada, ada, ada, ...people].entries()) {
      const cameraId = n % 2 === 0 ? 'entrance' : 'loading-dock';
      const id = services.raisePainted({ personId, watchlistId: 'list-1', cameraId });
      services.alertStore.review(id, { action: 'acknowledge', reviewer: 'zoe' });
      services.alertStore.review(id, { action: 'confirm', reviewer: 'zoe', reason: 'sure' });
    }
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0', webRoot },
      ...{ services },
      access: new FakeAccess({
        chief: { role: 'admin', scopes: ['learning:export'] },
        ann: { role: 'admin' },
        operator: { role: 'operator' },
        dock: { role: 'operator', cameras: ['loading-dock'] },
      }),
    });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function shoot(page: Page, name: string): Promise<void> {
    const path = join(shotsFolder, `learning-${name}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    assert.deepEqual(await findViolations(page), [], name);
  }

  it('is found from the watchlists: counts, people, their faces and how long they are there', async () => {
    await using visitor = await Visitor.open(browser, gateway.address, {
      ...{ token: 'chief', path: '#/watchlists', viewport: wide },
    });
    const { page } = visitor;
    await page.getByRole('link', { name: 'Faces for training' }).click();
    await page.getByText('Consent, form 12').waitFor();
    await page.getByText('6 alerts, 12 recorded faces').first().waitFor();
    const cameras = page.getByRole('region', { name: 'By camera' }).first();
    await cameras.getByRole('row', { name: /Main entrance 3 6/ }).waitFor();
    const card = page.getByRole('link', { name: /Ada Lovegrove/ });
    await card.getByText('4 alerts, 8 recorded faces').waitFor();
    await card.locator('img').waitFor();
    await shoot(page, 'dark');
    await card.click();
    await page.getByRole('heading', { name: 'Faces for training: Ada Lovegrove' }).waitFor();
    await page.getByText('As it was recorded, not enhanced').waitFor();
    const samples = page.locator('.learning-sample');
    assert.equal(await samples.count(), 4);
    await samples
      .first()
      .getByText(/Taken until .* · deleted with the alert on/)
      .waitFor();
    await samples.first().locator('img[data-kind="best-2"]').waitFor();
    await shoot(page, 'person-dark');
    await page.getByRole('button', { name: 'Exclude from training' }).click();
    const asked = page.getByRole('dialog', { name: 'Exclude Ada Lovegrove from training?' });
    await shoot(page, 'exclude');
    await asked.getByRole('button', { name: 'Exclude from training' }).click();
    await page.getByText(/^Excluded by chief/).waitFor();
    assert.equal(await samples.count(), 0);
    await shoot(page, 'excluded');
    await page.getByRole('link', { name: 'All people' }).click();
    await page.getByText('2 alerts, 4 recorded faces').first().waitFor();
    await card.getByText('excluded').waitFor();
    await card.click();
    await page.getByRole('button', { name: 'Take again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take again' }).click();
    await samples.first().waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  it('exports for a reason, and says that the file lies outside the program', async () => {
    await using visitor = await Visitor.open(browser, gateway.address, {
      ...{ token: 'chief', path: '#/learning', viewport: wide, theme: 'light' },
    });
    const { page } = visitor;
    await page.getByRole('button', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export faces for training' });
    await dialog.getByText(/The file lies outside the program/).waitFor();
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByText('At least 3 characters, please.').waitFor();
    await shoot(page, 'export-light');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('increment of June');
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const file = join(folder, 'faces.zip');
    await (await saved).saveAs(file);
    await dialog.getByText(/Saved as faces-.*\.zip\. Delete it/).waitFor();
    const files = await filesOf(readFileSync(file));
    const { samples } = JSON.parse(files.get('manifest.json')?.toString() ?? '');
    assert.equal(files.size, samples.length + 1);
    assert.equal(samples.length, 3 + 12);
    const [record] = services.audit.list({ what: 'learning.exported' });
    assert.deepEqual([record?.who, record?.target.length], ['chief', 64]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    assert.deepEqual(visitor.complaints, []);
  });

  it('shows no more than the rights, and says who may export', async () => {
    await using admin = await Visitor.open(browser, gateway.address, {
      ...{ token: 'ann', path: '#/learning', viewport: wide },
    });
    await admin.page.getByText(/Exports are for administrators with the right/).waitFor();
    assert.equal(await admin.page.getByRole('button', { name: 'Export…' }).count(), 0);
    await using dock = await Visitor.open(browser, gateway.address, {
      ...{ token: 'dock', path: `#/learning/${ada}`, viewport: wide },
    });
    await dock.page.locator('.learning-sample').first().waitFor();
    assert.equal(await dock.page.locator('.learning-sample').count(), 2, 'of four');
    assert.equal(await dock.page.getByRole('button', { name: 'Exclude' }).count(), 0);
    await dock.go('#/learning');
    await dock.page.getByText('3 alerts, 6 recorded faces').first().waitFor();
    assert.equal(await dock.page.getByText('Main entrance').count(), 0);
    assert.deepEqual([...admin.complaints, ...dock.complaints], []);
  });

  it('fits a phone in Chinese, and says how to switch it on where it is off', async () => {
    const look = { token: 'chief', viewport: phone, phone: true, language: 'zh' } as const;
    {
      await using visitor = await Visitor.open(browser, gateway.address, {
        ...look,
        ...{ path: '#/learning', theme: 'light' },
      });
      const { page } = visitor;
      await page.getByText('6 条告警，12 张录下的人脸').first().waitFor();
      // Pictures are fetched once they come into view.
      await page.locator('.face-button').first().scrollIntoViewIfNeeded();
      await page.locator('.face-button img').first().waitFor();
      await shoot(page, 'phone');
      await visitor.go(`#/learning/${ada}`);
      await page.locator('.learning-sample').first().scrollIntoViewIfNeeded();
      await page.locator('.learning-sample img').first().waitFor();
      await shoot(page, 'person-phone');
    }
    services.learning = services.learningBy(undefined);
    try {
      for (const [language, words] of [
        ['zh', '没有人脸用于训练'],
        ['en', 'No face is taken for training'],
      ] as const) {
        await using visitor = await Visitor.open(browser, gateway.address, {
          ...{ ...look, language, path: '#/learning', theme: 'dark' },
        });
        const { page } = visitor;
        await page.getByRole('heading', { name: words }).waitFor();
        await page.getByText('watchlists: [staff-only]').waitFor();
        assert.equal(await page.getByRole('alert').count(), 0);
        await shoot(page, `off-${language}`);
        assert.deepEqual(visitor.complaints, ['409 GET /api/learning']);
      }
    } finally {
      services.learning = services.learningBy(learningPolicy);
    }
  });
});
