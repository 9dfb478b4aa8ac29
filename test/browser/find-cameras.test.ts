import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { testPassword, testUser } from '../support/live/start-live.ts';
import { createOnvifDevice, type OnvifDevice } from '../support/onvif/onvif-device.ts';
import { type ProbeResponder, respondToProbes } from '../support/onvif/probe-responder.ts';

const user = { username: testUser, password: testPassword };

describe('cameras found by ONVIF', { skip: browserMissing, timeout: 400_000 }, () => {
  let room: ControlRoom;
  let device: OnvifDevice;
  let responder: ProbeResponder;
  /** Known once the program runs, which is when the virtual cameras do. */
  const streams = { main: '', sub: '' };
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    const profile = (token: 'main' | 'sub', name: string, width: number, height: number) => ({
      ...{ token, name, width, height, encoding: 'H264', rate: 15 },
      get streamUri() {
        return streams[token];
      },
    });
    device = await createOnvifDevice({
      user,
      model: 'Dome 4',
      clockOffsetMs: 3_600_000,
      profiles: [profile('main', 'Main stream', 1280, 720), profile('sub', 'Broken', 640, 360)],
    });
    const scopes = ['onvif://www.onvif.org/name/Back%20gate', 'onvif://www.onvif.org/hardware/D4'];
    responder = await respondToProbes({ address: device.address, scopes });
    room = await ControlRoom.start({
      config: {
        cameras: [],
        onvif: { interfaces: ['127.0.0.1'], targets: [`127.0.0.1:${responder.port}`], wait: '1s' },
      },
    });
    // As a camera behind a router: another host, at the right port.
    streams.main = room.live.server.url('lobby').replace('127.0.0.1', '0.0.0.0');
    streams.sub = 'http://127.0.0.1/no-stream';
  });
  after(async () => {
    await room?.[Symbol.asyncDispose]();
    await responder?.close();
    await device?.close();
  });

  it('are chosen, asked with a login, tried and added', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
    });
    const { page } = chief;
    const shot = (name: string) =>
      page.screenshot({ path: join(shotsFolder, `find-${name}.png`), animations: 'disabled' });
    const sound = async () => assert.deepEqual(await findViolations(page), []);
    await page.getByRole('button', { name: 'Find cameras' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row').filter({ hasText: 'D4' }).waitFor();
    await shot('list');
    await sound();
    await dialog.getByRole('button', { name: 'Choose Back gate' }).click();
    await dialog.getByLabel('User name').fill(testUser);
    await dialog.getByLabel('Password').fill('wrong');
    await dialog.getByRole('button', { name: 'Ask the camera' }).click();
    await dialog.getByText('it refused the login').waitFor();
    await dialog.getByLabel('Password').fill(testPassword);
    await dialog.getByRole('button', { name: 'Ask the camera' }).click();
    await dialog.getByText('Example Dome 4 1.2.3').waitFor();
    await dialog.getByText('The camera named 0.0.0.0').waitFor();
    await dialog.getByText(/Its clock is off by 3,(599|600|601) s/).waitFor();
    await dialog.getByText('Its address is none of RTSP.').waitFor();
    await shot('streams');
    await sound();
    await dialog.getByRole('button', { name: 'Use Main stream' }).click();

    const form = page.getByRole('dialog');
    assert.equal(await form.getByLabel('Name', { exact: true }).inputValue(), 'Back gate');
    assert.equal(
      await form.getByLabel('Address of the stream').inputValue(),
      room.live.server.url('lobby'),
    );
    await form.getByRole('button', { name: 'Test' }).click();
    await form.locator('[data-ok="true"] img').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Back gate' });
    await row.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Find cameras' }).click();
    await page.getByText('Set up as back-gate').waitFor();
    assert.deepEqual(chief.foreignHosts, []);

    const audit = await (await room.ask('Chief', '/api/audit?limit=100')).text();
    assert.match(audit, /cameras\.discovered/);
    assert.match(audit, /camera\.described/);
    const told = audit + room.live.logged.join('') + device.heard.join('');
    assert.doesNotMatch(told, new RegExp(testPassword));
  });

  it('are looked for in Chinese, on a narrow window, and by no operator', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      language: 'zh',
      viewport: { width: 420, height: 800 },
    });
    await chief.page.getByRole('button', { name: '查找摄像头' }).click();
    await chief.page.getByRole('button', { name: '选择Back gate' }).waitFor();
    await chief.page.screenshot({
      path: join(shotsFolder, 'find-narrow.png'),
      animations: 'disabled',
    });
    assert.deepEqual(await findViolations(chief.page), []);
    room.token('Desk', 'operator');
    const refused = await room.ask('Desk', '/api/onvif/discover', { method: 'POST' });
    assert.equal(refused.status, 403);
  });
});
