import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { EncodedSource } from '../../demo/media/encoded-source.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { inTurns } from '../../src/services/in-turns.ts';
import { type Orientation, upright } from '../../src/streams/shape/orientation.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { codedFootage } from '../support/demo/coded-footage.ts';
import { testFootage } from '../support/demo/test-footage.ts';
import { isFirefox, launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { recordCamera } from '../support/streams/recorded-camera.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program to code with' : false);
const size = { width: 320, height: 192 };

describe('clips of several kinds on the alert page', { skip, timeout: 300_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;
  before(async () => {
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: true, version: '0.0.0', webRoot },
      ...{ services, access: new FakeAccess() },
    });
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
  });

  /** Raises an alert whose clip a real recorder made of this footage, and asks for it on its page. */
  async function show(source: EncodedSource, orientation: Orientation = upright): Promise<Visitor> {
    const { clip } = await recordCamera(source, { orientation });
    assert.ok(typeof clip !== 'string', String(clip));
    const id = services.raisePainted({ clip: { state: 'pending' } });
    const place = { alertId: id, appearance: 0 };
    const kept = await inTurns(services.clips.keep(place, clip));
    assert.ok(typeof kept !== 'string', String(kept));
    assert.ok(services.alertStore.setClip(place, kept));
    const visitor = await Visitor.open(browser, gateway.address, { path: `#/alerts/${id}` });
    await visitor.page.locator('.clip[data-state="ready"]').getByRole('button').first().click();
    return visitor;
  }

  it('H.264 of a camera that hangs on its side stands upright', async () => {
    const source = await codedFootage({ codec: 'h264', ...size });
    await using visitor = await show(source, { rotate: 90, mirror: false });
    const video = visitor.page.locator('.clip video');
    await visitor.page.locator('.clip-clock').waitFor();
    const shape = () =>
      video.evaluate((element) => {
        const { videoWidth, videoHeight } = element as unknown as Record<string, number>;
        return [videoWidth, videoHeight];
      });
    let found = await shape();
    for (let tries = 0; found[0] === 0 && tries < 300; tries += 1) {
      await visitor.page.waitForTimeout(100);
      found = await shape();
    }
    assert.deepEqual(found, [size.height, size.width]);
  });

  for (const [codec, named, kind] of [
    ['h265', 'hevc', 'hvc1.1.6.L93.B0'],
    ['mjpeg', 'mjpeg', 'mp4v.6c'],
  ] as const) {
    it(`${codec}: plays, or the page says that this browser cannot show it; it can be saved`, async () => {
      await using visitor = await show(await testFootage({ codec, ...size }));
      const { page } = visitor;
      const plays = await page.evaluate(
        `document.createElement('video').canPlayType('video/mp4; codecs="${kind}"') !== ''`,
      );
      if (plays) await page.locator('.clip-clock').waitFor();
      else {
        const words = await page.locator('.clip [role="alert"]').textContent();
        assert.match(words ?? '', new RegExp(`cannot show ${named} video`));
      }
      // By WebDriver BiDi no download is heard of.
      if (isFirefox) return;
      const download = page.waitForEvent('download');
      await page.locator('.clip').getByRole('button', { name: 'Save the clip' }).click();
      assert.match((await download).suggestedFilename(), /\.mp4$/);
    });
  }
});
