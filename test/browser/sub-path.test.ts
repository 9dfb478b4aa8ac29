import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGateway } from '../../src/gateway/gateway.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { openBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { startPathProxy } from '../support/gateway/path-proxy.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program to paint with' : false);

describe('the dashboard below a path', { skip, timeout: 300_000 }, () => {
  for (const [way, basePath] of [
    ['that a proxy takes off', undefined],
    ['that is passed on', '/site/nightglass'],
  ] as const) {
    it(`${way}: signs in, plays video, shows an alert with its pictures, and asks for nothing else`, async (t) => {
      const services = new PaintedServices(ffmpeg ?? '');
      const gateway = await createGateway({
        ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, services, version: '0.0.0' },
        ...{ webRoot, proxies: ['127.0.0.1'], ...(basePath === undefined ? {} : { basePath }) },
        access: new FakeAccess({ ann: { role: 'admin' } }),
      });
      t.after(() => gateway.close());
      services.start();
      t.after(() => services.stop());
      const proxy =
        basePath === undefined ? await startPathProxy('/nightglass', gateway.address) : undefined;
      t.after(() => proxy?.close());
      const address = proxy?.address ?? gateway.address;
      const browser = await openBrowser();
      t.after(() => browser.close());
      const page = await browser.context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => asked.push(request.url()));
      page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));

      await page.goto(`${address}/`);
      await page.getByRole('button', { name: 'Use a token instead' }).click();
      await page.getByLabel('Access token').fill('ann');
      await page.locator('.sign-in button[type="submit"]').click();
      await page.locator('.tile-video[data-playing="true"]').nth(1).waitFor();
      services.raisePainted();
      await page.locator('.alert img').nth(2).waitFor();
      await page.reload();
      await page.locator('.tile-video[data-playing="true"]').first().waitFor();

      const beside = asked.filter(
        (url) => !url.startsWith(`${address}/`) && !url.startsWith('blob:'),
      );
      assert.deepEqual(beside, []);
      assert.deepEqual(proxy?.beside ?? [], []);
      const [cookie] = await browser.context.cookies();
      assert.equal(cookie?.path, new URL(address).pathname);
      // Before signing in, the page asks who it is.
      assert.deepEqual(
        complaints.filter((text) => !text.includes('401')),
        [],
      );
    });
  }
});
