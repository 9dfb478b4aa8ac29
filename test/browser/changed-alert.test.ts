import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';
import { sampleAlert } from '../support/gateway/sample-alert.ts';

describe('a review that an update of the alert overtakes', {
  skip: browserMissing,
  timeout: 120_000,
}, () => {
  let browser: Browser;
  let gateway: Gateway;
  const services = new MemoryServices();
  /** A better picture of the track comes just before the next review. */
  let overtake = false;

  before(async () => {
    const { review } = services.alerts;
    Object.assign(services.alerts, {
      review: ((id, request) => {
        const last = services.alertStore.find(id)?.alert;
        if (overtake && last !== undefined) {
          overtake = false;
          const alert = { ...last, revision: last.revision + 1, keyframes: last.keyframes + 1 };
          services.raise({ change: 'updated', alert });
        }
        return review(id, request);
      }) satisfies typeof review,
    });
    gateway = await createGateway({
      host: '127.0.0.1',
      port: 0,
      openOnLoopback: true,
      services,
      access: new FakeAccess(),
      version: '0.0.0',
      webRoot,
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
  });

  it('acknowledges all the same, and asks for another look before a verdict', async () => {
    const alert = sampleAlert(1);
    services.raise({ change: 'created', alert });
    await using visitor = await Visitor.open(browser, gateway.address, {
      path: `#/alerts/${alert.id}`,
    });
    const { page } = visitor;
    overtake = true;
    await page.locator('.detail [data-action="acknowledge"]').click();
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
    assert.equal(await page.locator('.detail .failure').count(), 0);
    await page.locator('.detail [data-action="dismiss"]').click();
    await page.locator('form.dismiss input').fill('Taller, another gait');
    overtake = true;
    await page.locator('form.dismiss [type=submit]').click();
    await page.getByText('The alert has changed meanwhile').waitFor();
    // What was typed stands, for the second attempt.
    assert.equal(await page.locator('form.dismiss input').inputValue(), 'Taller, another gait');
    await page.locator('form.dismiss [type=submit]').click();
    await page.locator('.detail[data-state="dismissed"]').waitFor();
    assert.deepEqual(
      services.reviews().map(({ action, reason }) => [action, reason]),
      [
        ['acknowledge', ''],
        ['dismiss', 'Taller, another gait'],
      ],
    );
  });
});
