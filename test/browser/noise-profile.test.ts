import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { createStore } from '../../src/store/create-store.ts';
import { NoiseProfileTable } from '../../src/store/noise-profile-table.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { sampleProfile } from '../support/gateway/sample-profile.ts';

const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const [older, newer] = [Date.UTC(2030, 0, 1), Date.UTC(2030, 1, 1)] as const;

/** Two profiles of a camera, the newer one sharper. */
async function putProfiles(dataDir: string, cameraId: string): Promise<void> {
  const [width, height] = [320, 176];
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    data.fill(128 + 12 * Math.sin(((at % width) * 7919) % 13), at * 3, at * 3 + 3);
  }
  const pattern = await createImageCodec().encodeJpeg({ width, height, data });
  const store = createStore({ dataDir });
  try {
    const table = new NoiseProfileTable(store);
    store.write(() => {
      table.put(cameraId, { at: older, profile: { ...sampleProfile, blur: 2.75 } }, pattern, 6);
      table.put(cameraId, { at: newer, profile: sampleProfile }, pattern, 6);
    });
  } finally {
    store.close();
  }
}

describe('the noise of a camera on its page', { skip: browserMissing, timeout: 600_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    await putProfiles(room.live.dataDir, 'side-entrance');
  });
  after(() => room?.[Symbol.asyncDispose]());

  async function look(page: Page, name: string): Promise<void> {
    // It is fetched once it comes into view.
    await page.locator('figure:has(.profile-pattern)').scrollIntoViewIfNeeded();
    await page.locator('img.profile-pattern').waitFor();
    const path = join(shotsFolder, `profile-${name}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    assert.deepEqual(await findViolations(page), [], name);
  }

  it('is measured from the live picture, and cancelled', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/camera/lobby',
      viewport: desk,
    });
    const { page } = chief;
    await page.getByRole('link', { name: 'Noise of the camera' }).click();
    await page.getByText('never measured').waitFor();
    await page.getByRole('combobox', { name: /^For/ }).selectOption('600');
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-running="false"]').waitFor();
    await page.getByText('never measured').waitFor();
    await page.getByRole('combobox', { name: /^From/ }).selectOption('file');
    await page.getByRole('textbox', { name: 'Path' }).fill('/nowhere/x.mp4');
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByText('gave nothing').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await page.locator('main[data-page="camera"]').waitFor();
    assert.deepEqual(chief.complaints, []);
  });

  it('is shown with what it means, beside the profile before, and saved', async () => {
    await using desktop = await room.visit({
      token: room.token('Desk', 'operator'),
      path: '#/profile/side-entrance',
      viewport: desk,
    });
    const { page } = desktop;
    const blur = page.getByRole('row').filter({ hasText: 'Blur' });
    await blur.getByText('1.10 px').waitFor();
    await blur.getByText('2.75 px').waitFor();
    await page.getByRole('img', { name: /^Variance 0.25 times level plus 4/ }).waitFor();
    assert.equal(await page.locator('.profile-hot circle').count(), 3);
    assert.equal(await page.getByRole('button', { name: 'Measure' }).count(), 0);
    await look(page, 'dark');
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as JSON' }).click(),
    ]);
    assert.equal(saved.suggestedFilename(), 'side-entrance-2030-02-01.json');
    await page.getByRole('combobox', { name: /^Measured/ }).selectOption(String(older));
    await blur.getByText('Out of focus').waitFor();
    assert.deepEqual(desktop.complaints, []);
  });

  it('is read by day and by night', async () => {
    for (const [theme, viewport] of [['light', desk] as const, ['dark', phone] as const]) {
      await using visit = await room.visit({
        ...{ token: room.token('Desk', 'operator'), path: '#/profile/side-entrance' },
        ...{ viewport, theme, phone: viewport === phone },
      });
      await look(visit.page, `${theme}-${viewport.width}`);
    }
  });

  it('is read on a phone in Chinese, and by no viewer', async () => {
    const path = '#/profile/side-entrance';
    await using handheld = await room.visit({
      ...{ token: room.token('Desk', 'operator'), path, viewport: phone, phone: true },
      ...{ language: 'zh', theme: 'light' },
    });
    const { page } = handheld;
    await page.getByRole('row').filter({ hasText: '热像素' }).waitFor();
    const over = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(Number(over), 0, 'the page scrolls sideways');
    await look(page, 'light-phone-zh');
    await using guest = await room.visit({ token: room.token('Guest', 'viewer'), path });
    await guest.page.getByText('Your role does not have this page.').waitFor();
  });
});
