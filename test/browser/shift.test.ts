import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { CameraOutageTable } from '../../src/store/camera-outage-table.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

describe('the end of a shift', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;

  before(async () => {
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0' },
      ...{ services, webRoot },
      access: new FakeAccess({
        ann: { role: 'operator' },
        bob: { role: 'operator' },
        dock: { role: 'operator', cameras: ['loading-dock'] },
      }),
    });
    services.addList('list-1');
    const id = services.raisePainted({ watchlistId: 'list-1' });
    services.alertStore.note(id, 'Went towards gate 4', 'ann');
    const since = Date.now() - 600_000;
    const outage = { cameraId: 'loading-dock', code: 'STREAM_STALLED', message: 'No frames.' };
    new CameraOutageTable(services.store).begin({ ...outage, since });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  it('is signed by who leaves in English, and taken over by who comes in Chinese', async () => {
    {
      await using ann = await Visitor.open(browser, gateway.address, {
        token: 'ann',
        path: '#/alerts',
      });
      const { page } = ann;
      await page.getByRole('link', { name: 'Hand over the shift' }).click();
      const main = page.getByRole('main');
      await main.getByText('1 new, 0 acknowledged, 0 escalated').waitFor();
      await main.getByText('Went towards gate 4').waitFor();
      await main.getByText('Loading dock (night)').first().waitFor();
      assert.deepEqual(await findViolations(page), []);
      await page.getByRole('textbox', { name: 'For the next shift' }).fill('Door 3 sticks');
      await page.getByRole('button', { name: 'Hand over', exact: true }).click();
      await main.getByText('Somebody else takes it over').waitFor();
      assert.deepEqual(await findViolations(page), []);
      assert.deepEqual(ann.complaints, []);
    }
    await using bob = await Visitor.open(browser, gateway.address, {
      token: 'bob',
      path: '#/alerts',
      language: 'zh',
      theme: 'light',
      viewport: { width: 390, height: 844 },
    });
    const { page } = bob;
    await page.getByRole('link', { name: 'ann 已交班：接班' }).click();
    await page.getByText('Door 3 sticks').first().waitFor();
    assert.deepEqual(await findViolations(page), []);
    const wide = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    assert.equal(wide, true, 'nothing reaches beyond a phone');
    await page.getByRole('button', { name: '接班' }).click();
    await page.getByRole('button', { name: '交班' }).waitFor();
    await page.getByRole('cell', { name: /bob/ }).waitFor();
    assert.deepEqual(bob.complaints, []);
  });

  it('is a summary without signatures for who sees a part of the site', async () => {
    await using dock = await Visitor.open(browser, gateway.address, {
      token: 'dock',
      path: '#/alerts',
    });
    const { page } = dock;
    await page.getByRole('link', { name: 'This shift' }).click();
    const main = page.getByRole('main');
    await main.getByText('What this token may see.').waitFor();
    await main.getByText('Loading dock (night)').first().waitFor();
    assert.equal(await main.getByRole('button', { name: /Hand over|Take the shift/ }).count(), 0);
    assert.equal(await main.getByText('Door 3 sticks').count(), 0);
    assert.deepEqual(await findViolations(page), []);
    // Nothing was asked for that is refused.
    assert.deepEqual(dock.complaints, []);
  });
});
