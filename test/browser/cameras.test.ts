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

  it('are added, tested, live and removed, from the first start without one on', async () => {
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
    assert.equal(await row.getByRole('button').count(), 2);
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
