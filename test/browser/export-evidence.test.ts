import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { NightglassError } from '../../src/domain/errors.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { inTurns } from '../../src/services/in-turns.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { madeClip } from '../support/services/clips-of.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

describe('evidence that is exported with clips', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    services.addList('list-1');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0', webRoot },
      ...{ services, access: new FakeAccess({ ann: { role: 'reviewer' } }) },
    });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  it('says how far an export is, and gives it up with the button and with the dialog', async () => {
    const id = services.raisePainted({ clip: { state: 'pending' } });
    const place = { alertId: id, appearance: 0 };
    const kept = await inTurns(services.clips.keep(place, madeClip(new Uint8Array(9_000).fill(1))));
    assert.ok(typeof kept !== 'string' && services.alertStore.setClip(place, kept));
    const signals: AbortSignal[] = [];
    services.onBlurClip = (_mp4, _seen, watch) =>
      new Promise((_, reject) => {
        const { signal } = watch ?? {};
        assert.ok(signal);
        signals.push(signal);
        watch?.onShare?.(0.4);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const path = `#/alerts/${id}`;
    await using visitor = await Visitor.open(browser, gateway.address, { token: 'ann', path });
    const { page } = visitor;
    const dialog = page.getByRole('dialog');
    const begin = async () => {
      await page.locator('.detail').getByRole('button', { name: 'Export evidence…' }).click();
      await dialog.getByLabel('Reason').fill('Police request 12');
      await dialog.getByText('With clips').click();
      await dialog.getByRole('button', { name: 'Export', exact: true }).click();
      await dialog.getByText('Hiding faces, clip 1 of 1').waitFor();
    };
    await begin();
    const bar = dialog.getByRole('progressbar', { name: 'Progress of the export' });
    assert.equal(
      await bar.evaluate((element) => (element as unknown as { value: number }).value),
      0.4,
    );
    assert.ok(await dialog.getByLabel('Reason').isDisabled());
    await page.screenshot({ path: join(shotsFolder, 'evidence-progress.png') });
    assert.deepEqual(await findViolations(page), []);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Export', exact: true }).waitFor();
    assert.equal(await bar.count(), 0);
    assert.equal(await dialog.getByRole('alert').count(), 0, 'that is no failure');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await begin();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    while (signals.length < 2 || signals.some(({ aborted }) => !aborted)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    services.onBlurClip = () =>
      Promise.reject(new NightglassError('STREAM_UNSUPPORTED', 'No clip'));
    await page.locator('.detail').getByRole('button', { name: 'Export evidence…' }).click();
    await dialog.getByLabel('Reason').fill('Police request 12');
    await dialog.getByText('With clips').click();
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByText('Clips left out: 1.').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'evidence-withheld.png') });
    assert.deepEqual(visitor.complaints, []);
  });

  it('saves nothing once it is given up, also while the file is on its way', async () => {
    const id = services.raisePainted();
    const path = `#/alerts/${id}`;
    await using visitor = await Visitor.open(browser, gateway.address, { token: 'ann', path });
    const { page } = visitor;
    const dialog = page.getByRole('dialog');
    const downloads: string[] = [];
    page.on('download', (download) => void downloads.push(download.suggestedFilename()));
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const file = /\/api\/evidence\/jobs\/[^/]+\/file$/;
    await page.route(file, async (route) => {
      asked.resolve();
      await released.promise;
      // Given up by the page meanwhile.
      await route.continue().catch(() => undefined);
    });
    await page.locator('.detail').getByRole('button', { name: 'Export evidence…' }).click();
    await dialog.getByLabel('Reason').fill('Police request 12');
    const exportButton = dialog.getByRole('button', { name: 'Export', exact: true });
    await exportButton.click();
    await asked.promise;
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    released.resolve();
    await exportButton.waitFor();
    assert.equal(await dialog.getByRole('status').count(), 0);
    assert.equal(await dialog.getByRole('alert').count(), 0, 'that is no failure');
    assert.deepEqual(downloads, []);
    await page.unroute(file);
    const saved = page.waitForEvent('download');
    await exportButton.click();
    assert.match((await saved).suggestedFilename(), /^case-.*\.zip$/);
    assert.deepEqual(visitor.complaints, []);
  });
});
