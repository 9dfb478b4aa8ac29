import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';
import { putShadow } from '../support/gateway/put-shadow.ts';

describe('models on trial on the page', { skip: browserMissing, timeout: 300_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    const services = new MemoryServices();
    services.addList('list-1', { name: 'Missing people' });
    putShadow(services.store, ['list-1']);
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0' },
      ...{ services, webRoot },
      access: new FakeAccess({ desk: { role: 'operator' }, guest: { role: 'viewer' } }),
    });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  for (const { language, theme, width } of [
    { language: 'en', theme: 'dark', width: 1280 },
    { language: 'zh', theme: 'light', width: 1280 },
    { language: 'en', theme: 'light', width: 390 },
    { language: 'zh', theme: 'dark', width: 390 },
  ] as const) {
    it(`are shown with what they would do: ${language}, ${theme}, ${width} wide`, async () => {
      await using visitor = await Visitor.open(browser, gateway.address, {
        ...{ token: 'desk', path: '#/system', language, theme },
        ...{ viewport: { width, height: 800 }, phone: width < 500 },
      });
      const { page } = visitor;
      const section = page.locator('section[aria-labelledby="shadow-title"]');
      await section.getByText('0.2.0-site.1').first().waitFor();
      await section.getByText('nightglass models use 0.2.0-site.1').waitFor();
      const row = section.getByRole('row').filter({ hasText: 'Missing people' });
      await row.getByText('36').first().waitFor();
      await section.locator('details summary').click();
      await section.locator('canvas').first().waitFor();
      const path = join(shotsFolder, `models-on-trial-${language}-${theme}-${width}.png`);
      await section.screenshot({ path, animations: 'disabled' });
      assert.deepEqual(await findViolations(page), []);
      assert.deepEqual(visitor.complaints, []);
    });
  }

  it('are not for viewers', async () => {
    await using visitor = await Visitor.open(browser, gateway.address, {
      ...{ token: 'guest', path: '#/system', language: 'en', theme: 'dark' },
      viewport: { width: 1280, height: 800 },
    });
    const { page } = visitor;
    await page.locator('#models-title').waitFor();
    assert.equal(await page.locator('#shadow-title').count(), 0);
    assert.deepEqual(visitor.complaints, []);
  });
});
