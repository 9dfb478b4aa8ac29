import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { dayPart } from '../../src/domain/drift/day-part.ts';
import { createStore } from '../../src/store/create-store.ts';
import { DriftTable } from '../../src/store/drift-table.ts';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { putDriftDays } from '../support/services/drift-history.ts';

const cameraId = 'side-entrance';
const path = `#/camera/${cameraId}`;
const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

function days(before: number, since: number): number[] {
  return Array.from({ length: 75 }, (_, at) => (at < 69 ? before : since));
}

/** Weeks of a camera that has been blurred for six days, up to yesterday. */
function putHistory(dataDir: string): void {
  const store = createStore({ dataDir });
  try {
    const table = new DriftTable(store);
    const common = { cameraId, end: Date.now() };
    putDriftDays(table, { ...common, measure: 'sharpness', levels: days(0.62, 0.31), spread: 0.2 });
    putDriftDays(table, { ...common, measure: 'noise', levels: days(4, 4), spread: 1.5 });
    putDriftDays(table, { ...common, measure: 'brightness', levels: days(120, 118), spread: 30 });
    putDriftDays(table, {
      ...common,
      measure: 'interEyeDistance',
      levels: days(36, 36),
      spread: 9,
    });
    putDriftDays(table, { ...common, measure: 'quality', levels: days(58, 57), spread: 12 });
  } finally {
    store.close();
  }
}

describe('a camera over weeks', { skip: browserMissing, timeout: 600_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    putHistory(room.live.dataDir);
    // What was judged before there were counts is judged again.
    const from = dayPart(Date.now()).day - 200;
    const { drift } = room.live.nightglass.services;
    await drift.setReference(cameraId, { from, note: 'new dome' }, { name: 'Chief' });
  });
  after(() => room?.[Symbol.asyncDispose]());

  async function look(page: Page, name: string): Promise<void> {
    await page.locator('.drift-chart').first().scrollIntoViewIfNeeded();
    const file = join(shotsFolder, `drift-${name}.png`);
    await page.screenshot({ path: file, fullPage: true, animations: 'disabled' });
    assert.deepEqual(await findViolations(page), [], name);
  }

  it('is said to be blurred, with charts, by day and by night, and on a phone in Chinese', async () => {
    const token = room.token('Desk', 'operator');
    await using desktop = await room.visit({ token, path, viewport: desk });
    const { page } = desktop;
    const card = page.getByRole('region', { name: 'Over weeks' });
    await card.getByText(/^Since \w+day.* this camera is blurred$/).waitFor();
    await card
      .getByText(/^Sharpness 0\.6\d → 0\.3\d \(median, [\d,]+ faces before, 720 since\)$/)
      .waitFor();
    await card.getByText('Clean the dome or lens').waitFor();
    await card.getByText(/^Compared from .* by Chief: new dome$/).waitFor();
    await card.getByRole('img', { name: /^Sharpness by week: median 0\.6\d/ }).waitFor();
    assert.equal(await card.locator('.drift-chart:visible').count(), 4);
    await card.getByText('All measures').click();
    assert.equal(await card.locator('.drift-chart:visible').count(), 5);
    await look(page, 'dark-1280');
    await using light = await room.visit({ token, path, viewport: desk, theme: 'light' });
    await light.page.locator('.drift-chart').first().waitFor();
    await look(light.page, 'light-1280');
    await using handheld = await room.visit({
      ...{ token, path, viewport: phone, phone: true, language: 'zh', theme: 'dark' },
    });
    await handheld.page.getByText('此摄像头画面模糊').waitFor();
    const over = await handheld.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(Number(over), 0, 'the page scrolls sideways');
    await look(handheld.page, 'dark-390-zh');
    assert.deepEqual(desktop.complaints, []);
  });

  it('is known once an operator says so; viewers see nothing of it', async () => {
    await using desktop = await room.visit({
      ...{ token: room.token('Desk', 'operator'), path, viewport: desk },
    });
    const { page } = desktop;
    await page.getByRole('button', { name: 'This is known' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'From' }).waitFor();
    await dialog.getByRole('textbox', { name: 'Note' }).fill('set by hand');
    await look(page, 'known');
    await dialog.getByRole('button', { name: 'Compare anew' }).click();
    await page.getByText(/^Compared from .* by Desk: set by hand$/).waitFor();
    await page.getByText('Not judged yet: that takes some 22 days with faces.').waitFor();
    assert.equal(await page.locator('.drift-changes').count(), 0);
    await using guest = await room.visit({ token: room.token('Guest', 'viewer'), path });
    await guest.page.locator('main[data-page="camera"]').waitFor();
    await guest.page.getByText('Stream').first().waitFor();
    assert.equal(await guest.page.locator('.drift').count(), 0);
    assert.deepEqual(desktop.complaints, []);
  });
});
