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

describe('not this person, in the control room', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;

  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  for (const [language, words] of [
    [
      'en',
      {
        add: 'Do not alert on this face again',
        back: 'Alert on it again',
        section: 'Not this person',
        remove: 'Remove face 1 that is not this person',
        confirm: 'Remove',
      },
    ],
    [
      'zh',
      {
        add: '不再就此人脸发出警报',
        back: '恢复对其警报',
        section: '不是此人',
        remove: '移除第 1 张不是此人的人脸',
        confirm: '移除',
      },
    ],
  ] as const) {
    it(`is said of a dismissed alert, shown on the person, and taken back (${language})`, async () => {
      const services = new PaintedServices(ffmpeg ?? '');
      gateway = await createGateway({
        ...{ host: '127.0.0.1', port: 0, openOnLoopback: true, version: '0.0.0' },
        ...{ services, access: new FakeAccess({}), webRoot },
      });
      services.addList('list-1');
      const person = services.addPerson('list-1', 'Painted Person');
      const id = services.raisePainted({ personId: person.id, watchlistId: 'list-1' });
      for (const action of ['acknowledge', 'dismiss'] as const) {
        services.alertStore.review(id, { action, reviewer: 'ann', reason: 'taller' });
      }
      await using visitor = await Visitor.open(browser, gateway.address, {
        path: `#/alerts/${id}`,
        language,
      });
      const { page } = visitor;
      await page.getByRole('button', { name: words.add }).click();
      await page.getByRole('button', { name: words.back }).waitFor();
      assert.deepEqual(await findViolations(page), []);
      assert.equal(services.lists.lookAlikes.factsOf([person.id]).length, 1);
      await page.goto(`${gateway.address}/#/watchlists/list-1`);
      await page.getByText('Painted Person').first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('heading', { name: words.section }).waitFor();
      assert.deepEqual(await findViolations(page), []);
      await dialog.getByRole('button', { name: words.remove }).click();
      await page.getByRole('button', { name: words.confirm, exact: true }).last().click();
      const section = dialog.getByRole('heading', { name: words.section, exact: true });
      await section.waitFor({ state: 'detached' });
      assert.deepEqual(services.lists.lookAlikes.factsOf([person.id]), []);
      await page.goto(`${gateway.address}/#/alerts/${id}`);
      await page.getByRole('button', { name: words.add }).waitFor();
      assert.deepEqual(visitor.complaints, []);
      await gateway.close();
    });
  }
});
