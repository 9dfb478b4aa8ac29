import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import type { Visitor } from '../support/browser/visitor.ts';

const viewports = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

describe('arming and disarming', { skip: browserMissing, timeout: 900_000 }, () => {
  let room: ControlRoom;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start({ config: { watchlists: [listOfOne] } });
    await room.enrol(listOfOne.id);
  });
  after(() => room?.[Symbol.asyncDispose]());

  const as = (name: string, role: 'operator' | 'reviewer', path: string, more = {}) =>
    room.visit({ token: room.token(name, role), path, viewport: viewports.desk, ...more });
  const services = () => room.live.nightglass.services;
  const alertCount = async () =>
    (await services().alerts.list({ cameras: '*', watchlists: '*', limit: 1 }, 'test')).total;
  const state = (visitor: Visitor) =>
    visitor.page.getByRole('region', { name: 'Alerts', exact: true }).getByRole('status');

  it('a list that is disarmed brings no alert until it is armed; pages that are open follow', async () => {
    await using watching = await as('Olga', 'operator', `#/watchlists/${listOfOne.id}`);
    await state(watching)
      .getByText(/^Armed/)
      .waitFor();
    assert.equal(await watching.page.getByRole('button', { name: 'Disarm…' }).count(), 0);
    await using chief = await as('Rita', 'reviewer', `#/watchlists/${listOfOne.id}`);
    await chief.page.getByRole('button', { name: 'Disarm…' }).click();
    const dialog = chief.page.getByRole('dialog', { name: `Disarm ${listOfOne.name}` });
    await dialog.getByLabel('For how long').selectOption('60');
    assert.deepEqual(await findViolations(chief.page), []);
    await chief.page.screenshot({ path: join(shotsFolder, 'arming-dialog.png') });
    await dialog.getByRole('button', { name: 'Disarm', exact: true }).click();
    await state(chief)
      .getByText(/^Disarmed by Rita since .*, until /)
      .waitFor();
    await state(watching)
      .getByText(/^Disarmed by Rita/)
      .waitFor();
    assert.deepEqual(await findViolations(chief.page), []);
    await chief.page.screenshot({ path: join(shotsFolder, 'arming-list.png') });
    const health = await services().health();
    assert.ok(health.problems.some(({ code }) => code === 'DISARMED'));
    // The wanted person passes at least once in sixteen seconds of footage.
    const before = await alertCount();
    const faces = async () =>
      (
        await Promise.all(
          (await services().cameras.list()).map(({ id }) => services().cameras.get(id)),
        )
      )
        .map((camera) => camera?.recent.keyframes ?? 0)
        .reduce((sum, count) => sum + count, 0);
    const from = Date.now();
    while (Date.now() - from < 40_000) await chief.page.waitForTimeout(500);
    assert.ok((await faces()) > 0, 'faces are found all the same');
    assert.equal(await alertCount(), before);
    await chief.page.getByRole('button', { name: 'Arm again' }).click();
    await state(watching)
      .getByText(/^Armed/)
      .waitFor();
    for (let turn = 0; turn < 600 && (await alertCount()) === before; turn += 1) {
      await chief.page.waitForTimeout(500);
    }
    assert.ok((await alertCount()) > before);
    assert.deepEqual([...chief.complaints, ...watching.complaints], []);
  });

  for (const [name, viewport] of Object.entries(viewports)) {
    it(`a camera is disarmed on its page, and the wall says so (${name})`, async () => {
      const [camera] = await services().cameras.list();
      assert.ok(camera);
      const path = `#/camera/${camera.id}`;
      await using chief = await as('Rita', 'reviewer', path, { viewport });
      await chief.page.getByRole('button', { name: 'Disarm…' }).click();
      const dialog = chief.page.getByRole('dialog');
      await dialog.getByLabel('For how long').selectOption('open');
      await dialog.getByRole('button', { name: 'Disarm', exact: true }).click();
      await state(chief).getByText('until somebody changes it').waitFor();
      assert.deepEqual(await findViolations(chief.page), []);
      await chief.page.screenshot({ path: join(shotsFolder, `arming-camera-${name}.png`) });
      await using watching = await as('Olga', 'operator', '#/wall', { viewport });
      const tile = watching.page.getByRole('article', { name: camera.name });
      await tile.getByText('Disarmed', { exact: true }).waitFor();
      await watching.page.getByText('1 disarmed').waitFor();
      assert.deepEqual(await findViolations(watching.page), []);
      await watching.page.screenshot({ path: join(shotsFolder, `arming-wall-${name}.png`) });
      await chief.page.getByRole('button', { name: 'Arm again' }).click();
      await tile.getByText('Disarmed', { exact: true }).waitFor({ state: 'detached' });
      assert.deepEqual([...chief.complaints, ...watching.complaints], []);
    });
  }

  it('speaks Chinese, by day too', async () => {
    await using chief = await as('Rita', 'reviewer', '#/watchlists', {
      language: 'zh',
      theme: 'light',
    });
    const { page } = chief;
    await page.getByText('已布防').first().waitFor();
    await page.getByRole('link', { name: listOfOne.name }).click();
    await page.getByRole('button', { name: '撤防…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤防', exact: true }).click();
    await page
      .getByText(/Rita 于 .* 设为已撤防，至/)
      .first()
      .waitFor();
    assert.deepEqual(await findViolations(page), []);
    await page.screenshot({ path: join(shotsFolder, 'arming-zh-light.png') });
    await page.getByRole('button', { name: '重新布防' }).click();
    await page.getByText(/^已布防：/).waitFor();
  });
});
