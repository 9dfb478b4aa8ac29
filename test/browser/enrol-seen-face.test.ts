import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Box } from '../../src/domain/geometry/box.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { sampleSighting } from '../support/gateway/sample-alert.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);

describe('a face that was seen, put on a list', { skip, timeout: 300_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;

  before(async () => {
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0' },
      ...{ services, webRoot },
      access: new FakeAccess({ chief: { role: 'admin' }, ann: { role: 'reviewer' } }),
    });
    services.addList('list-1');
    services.addList('list-2');
    services.start();
  });
  after(async () => {
    services.stop();
    await gateway?.close();
    await browser?.close();
  });

  const visit = (path: string, token = 'chief') =>
    Visitor.open(browser, gateway.address, { token, path });

  it('from the live wall: a click on the face asks for list and name', async () => {
    await using visitor = await visit('');
    const { page } = visitor;
    const tile = page.locator('.tile').first();
    await tile.locator('.tile-video[data-playing="true"]').waitFor();
    const boxes: Box[] = [];
    const following = services.detections$.subscribe(({ cameraId, faces }) => {
      const box = faces[0]?.box;
      if (cameraId === 'entrance' && box !== undefined) boxes.push(box);
    });
    const list = page.getByRole('combobox', { name: 'On which list?' });
    while (boxes.length === 0) await page.waitForTimeout(50);
    // It walks, ten boxes a second, and a busy machine shows it up to seconds late.
    for (let late = 0; late < 80 && !(await list.isVisible()); late += 2) {
      const box = boxes.at(-1 - late) ?? boxes[0];
      const room = await tile.locator('.tile-picture').boundingBox();
      assert.ok(room);
      assert.ok(box);
      const scale = Math.min(room.width / 768, room.height / 432);
      const left = room.x + (room.width - 768 * scale) / 2;
      const top = room.y + (room.height - 432 * scale) / 2;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.click(left + x * scale, top + y * scale);
      const met = await list.waitFor({ timeout: 1_000 }).then(
        () => true,
        () => false,
      );
      if (met) break;
      // A miss leads to the camera, as it does elsewhere.
      if (page.url().includes('#/camera')) await visitor.go('#/wall');
      await tile.locator('.tile-video[data-playing="true"]').waitFor();
    }
    following.unsubscribe();
    await list.selectOption({ label: 'list-2' });
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('button', { name: 'Go on' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^Main entrance, /).waitFor();
    await dialog.locator('.enrol-thumb').waitFor();
    await dialog.getByLabel('Name, as alerts show it').fill('Seen on the wall');
    await dialog.locator('[type=submit]').click();
    await dialog.locator('.done').waitFor();
    assert.deepEqual(await findViolations(page), []);
    const [person] = services.lists.people('list-2');
    assert.equal(person?.name, 'Seen on the wall');
    const [upload] = services.uploads.slice(-1);
    assert.deepEqual([...(upload?.bytes.subarray(0, 2) ?? [])], [0xff, 0xd8]);
    assert.deepEqual(visitor.complaints, []);
  });

  it('from the page of a camera, by keyboard', async () => {
    await using visitor = await visit('#/camera/entrance');
    const { page } = visitor;
    await page.locator('.tile-video[data-playing="true"]').waitFor();
    const enrol = page.getByRole('button', { name: 'Enrol…' }).first();
    await enrol.waitFor();
    assert.deepEqual(await findViolations(page), []);
    await enrol.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'On which list?' }).waitFor();
  });

  it('from a sighting', async () => {
    const id = services.raisePainted({ watchlistId: 'list-1', cameraId: 'entrance' });
    services.sight(id, sampleSighting(1, { cameraId: 'loading-dock', capturedAt: Date.now() }));
    await using visitor = await visit(`#/alerts/${id}`);
    const { page } = visitor;
    await page
      .locator('.sighting')
      .getByRole('button', { name: 'Put this face on a list…' })
      .click();
    await page.getByRole('button', { name: 'Go on' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^Loading dock \(night\), /).waitFor();
    await dialog.getByLabel('Name, as alerts show it').fill('Seen again');
    await dialog.locator('[type=submit]').click();
    await dialog.locator('.done').waitFor();
    assert.deepEqual(
      services.lists.people('list-1').map(({ name }) => name),
      ['Seen again'],
    );
    const enrolled = services.audited.filter(({ what }) => what === 'person.enrolled').at(-1);
    assert.equal(enrolled?.detail?.['picture'], 'sighting-1-face');
    assert.deepEqual(visitor.complaints, []);
  });

  it('is not offered to who may put nobody on a list', async () => {
    await using visitor = await visit('#/camera/entrance', 'ann');
    const { page } = visitor;
    await page.locator('.camera-parts tbody tr').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Enrol…' }).count(), 0);
  });
});
