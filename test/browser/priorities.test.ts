import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

describe('priority, sound and notes in the control room', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;

  before(async () => {
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: true, version: '0.0.0' },
      ...{ services, access: new FakeAccess({}), webRoot },
    });
    services.addList('list-1');
    services.addList('list-2', { priority: 'urgent', sound: 'alarm' });
    const of = (watchlistId: string, personName: string) => ({ watchlistId, personName });
    services.raisePainted({ ...of('list-2', 'Urgent Painting'), personId: 'person-2' });
    services.raisePainted({ ...of('list-1', 'Newer Painting'), personId: 'person-1' });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  it('puts urgent alerts on top, on the wall and in the list, and says so', async () => {
    await using visitor = await Visitor.open(browser, gateway.address);
    const { page } = visitor;
    await page.locator('.feed .alert').nth(1).waitFor();
    // The lists come by an answer of their own.
    await page.locator('.feed .alert').first().getByText('Urgent', { exact: true }).waitFor();
    assert.match(
      (await page.locator('.feed .alert h3').first().textContent()) ?? '',
      /Urgent Painting/,
    );
    await visitor.go('#/alerts');
    await page.locator('.row').first().getByText('Urgent', { exact: true }).waitFor();
    assert.deepEqual(await page.locator('.row-name').allTextContents(), [
      'Urgent Painting',
      'Newer Painting',
    ]);
    assert.deepEqual(await findViolations(page), []);
    assert.deepEqual(visitor.complaints, []);
  });

  it('says on every page that sound is off, and switches it on there', async () => {
    await using visitor = await Visitor.open(browser, gateway.address, { path: '#/watchlists' });
    const { page } = visitor;
    await page.getByRole('button', { name: 'Sound is off: new alerts are silent' }).click();
    await page.getByRole('button', { name: 'Sound is on: new alerts are heard' }).waitFor();
    await visitor.go('#/alerts');
    await page.getByRole('button', { name: 'Sound is on: new alerts are heard' }).waitFor();
    assert.ok(await page.getByRole('checkbox', { name: 'Sound' }).isChecked());
  });

  it('takes notes on an alert, in either language', async () => {
    for (const [language, label, add, text] of [
      ['en', 'Note', 'Add the note', 'Walks with a cane'],
      ['zh', '备注', '添加备注', '向北门走去'],
    ] as const) {
      const [alert] = services.alertStore.list();
      await using visitor = await Visitor.open(browser, gateway.address, {
        path: `#/alerts/${alert?.id}`,
        language,
      });
      const { page } = visitor;
      await page.getByRole('textbox', { name: label }).fill(text);
      await page.getByRole('button', { name: add }).click();
      await page.locator('.history q').getByText(text).waitFor();
      assert.equal(await page.getByRole('textbox', { name: label }).inputValue(), '');
      assert.deepEqual(await findViolations(page), []);
      assert.deepEqual(visitor.complaints, []);
    }
  });
});
