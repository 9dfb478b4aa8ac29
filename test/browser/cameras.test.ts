import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { testPassword, testUser } from '../support/live/start-live.ts';

describe('cameras in the dashboard', { skip: browserMissing, timeout: 400_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start({ config: { cameras: [] } });
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('are added, tested, live, masked and removed, from the first start without one on', async () => {
    const token = room.token('Chief', 'admin');
    await using chief = await room.visit({ token });
    const { page } = chief;
    const shot = (name: string) =>
      page.screenshot({ path: join(shotsFolder, `cameras-${name}.png`), animations: 'disabled' });
    const sound = async () => assert.deepEqual(await findViolations(page), []);
    await page.getByRole('link', { name: 'Add the first camera' }).click();
    await page.getByText('No cameras yet.').waitFor();
    await page.getByRole('button', { name: 'Add a camera' }).click();

    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('begins with rtsp://').waitFor();
    await form.getByLabel('Name', { exact: true }).fill('Lobby, north');
    assert.equal(await form.getByLabel('Id').inputValue(), 'lobby-north');
    await form.getByLabel('Address of the stream').fill(room.live.server.url('lobby'));
    await form.getByLabel('User name').fill(testUser);
    await form.getByLabel('Password').fill('wrong');
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('No picture:').waitFor();
    await form.getByLabel('Password').fill(testPassword);
    await form.getByRole('button', { name: 'Test' }).click();
    await form.locator('[data-ok="true"] img').waitFor();
    await form.getByText(/H264 \d+×\d+/).waitFor();
    await shot('form');
    await sound();
    await form.getByRole('button', { name: 'Save' }).click();

    const row = page.getByRole('row').filter({ hasText: 'Lobby, north' });
    await row.getByText('Live', { exact: true }).waitFor();
    await shot('list');
    await sound();
    assert.equal((await page.content()).includes(testPassword), false);

    await row.getByRole('button', { name: 'Masks of Lobby, north' }).click();
    const masks = page.getByRole('dialog');
    const picture = masks.locator('.area-stage');
    const room_ = await picture.locator('img').boundingBox();
    assert.ok(room_);
    const at = (x: number, y: number) =>
      [room_.x + room_.width * x, room_.y + room_.height * y] as const;
    await page.mouse.move(...at(0.1, 0.1));
    await page.mouse.down();
    await page.mouse.move(...at(0.2, 0.3), { steps: 3 });
    await page.mouse.move(...at(0.3, 0.4), { steps: 3 });
    await page.mouse.up();
    await masks.getByRole('button', { name: 'Add a mask' }).click();
    const corner = masks.getByRole('button', { name: /Corner 3 of Mask 2/ });
    await corner.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await shot('masks');
    await sound();
    await masks.getByRole('button', { name: 'Save' }).click();
    await masks.waitFor({ state: 'detached' });
    const answer = await room.ask('Chief', '/api/camera-setups');
    const { cameras } = (await answer.json()) as {
      cameras: { setup: { masks: Record<'x' | 'y' | 'width' | 'height', number>[] } }[];
    };
    const [drawn, added] = cameras[0]?.setup.masks ?? [];
    for (const [key, value] of Object.entries({ x: 0.1, y: 0.1, width: 0.2, height: 0.3 })) {
      const seen = drawn?.[key as 'x'] ?? -1;
      assert.ok(Math.abs(seen - value) < 0.01, `${key}: ${seen}`);
    }
    assert.deepEqual(added, { x: 0.375, y: 0.375, width: 0.26, height: 0.3 });

    await row.getByRole('button', { name: 'Pause Lobby, north' }).click();
    await row.getByText('Paused').waitFor();
    await row.getByRole('button', { name: 'Resume Lobby, north' }).click();
    await row.getByText('Live', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Remove Lobby, north' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No cameras yet.').waitFor();
    assert.deepEqual(chief.complaints, []);
    assert.deepEqual(chief.foreignHosts, []);
  });

  it('of the file are to look at, on a narrow window too, and not for operators', async () => {
    room.live.reconfigure((raw) => {
      raw['cameras'] = [
        {
          id: 'hall',
          name: 'Hall',
          url: room.live.server.url('lobby'),
          username: testUser,
          password: { env: 'TEST_PASSWORD' },
        },
      ];
    });
    room.token('Chief', 'admin');
    const reloaded = await room.ask('Chief', '/api/cameras/reload', { method: 'POST' });
    assert.equal(reloaded.status, 200);
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      language: 'zh',
      viewport: { width: 420, height: 800 },
    });
    const row = chief.page.getByRole('row').filter({ hasText: 'Hall' });
    await row.getByText('须在文件中修改').waitFor();
    await row.getByRole('button', { name: '测试Hall' }).waitFor();
    assert.equal(await row.getByRole('button').count(), 1);
    await chief.page.screenshot({
      path: join(shotsFolder, 'cameras-narrow.png'),
      animations: 'disabled',
    });
    assert.deepEqual(await findViolations(chief.page), []);
    await using operator = await room.visit({
      token: room.token('Desk', 'operator'),
      path: '#/cameras',
    });
    await operator.page.getByText('Your role does not have this page.').waitFor();
  });
});
