import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { CameraAssessment } from '../../src/client/nightglass-client.ts';
import { endedAssessment, poorHour } from '../support/browser/assessed-camera.ts';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';

const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

describe('whether a camera is good enough for faces', {
  skip: browserMissing,
  timeout: 600_000,
}, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    room.token('Chief', 'admin');
  });
  after(() => room?.[Symbol.asyncDispose]());

  async function report(camera: string): Promise<CameraAssessment> {
    const answer = await room.ask('Chief', `/api/cameras/${camera}/assessment`);
    assert.equal(answer.status, 200);
    return (await answer.json()) as CameraAssessment;
  }

  async function look(page: Page, name: string): Promise<void> {
    await page.screenshot({
      path: join(shotsFolder, `assessment-${name}.png`),
      fullPage: true,
      animations: 'disabled',
    });
    assert.deepEqual(await findViolations(page), [], name);
  }

  it('is measured while somebody passes, by keyboard, from the camera and back', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/camera/lobby',
      viewport: desk,
    });
    const { page } = chief;
    await page.getByRole('link', { name: 'Good enough for faces?' }).click();
    await page.locator('main[data-page="assessment"]').waitFor();
    await page.getByText('never assessed').waitFor();
    await look(page, 'none');
    await page.getByRole('combobox', { name: /^For/ }).selectOption('10');
    await page.getByRole('button', { name: 'Start', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-running="true"]').waitFor();
    await page.getByRole('progressbar').waitFor();
    const started = await report('lobby');
    assert.equal((started.endsAt ?? 0) - (started.startedAt ?? 0), 600_000);
    // The page asks by itself: people appear in it without anything being done.
    const eyes = page.locator('figure[data-measure="interEyeDistance"] svg');
    await eyes.waitFor({ timeout: 240_000 });
    await look(page, 'running');
    await page.getByRole('button', { name: 'Stop now' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop now' }).click();
    await page.locator('[data-running="false"]').waitFor();
    const ended = await report('lobby');
    assert.equal(ended.running, false);
    assert.ok((ended.assessment?.tracks ?? 0) > 0);
    await page.locator(`[data-use="${ended.assessment?.use}"]`).waitFor();
    // From nothing only after being asked.
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByRole('dialog').getByText('is deleted').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await report('lobby')).startedAt, ended.startedAt);
    await page.keyboard.press('Escape');
    await page.locator('main[data-page="camera"]').waitFor();
    assert.deepEqual(chief.complaints, []);
    assert.deepEqual(chief.foreignHosts, []);
  });

  it('is said in words with the figures, what to change, and how it is distributed', async () => {
    endedAssessment(room.live.dataDir, 'side-entrance', poorHour());
    const { assessment } = await report('side-entrance');
    assert.ok(assessment?.expected);
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      viewport: desk,
    });
    const { page } = chief;
    await page
      .getByRole('link', { name: /^Good for faces/ })
      .last()
      .waitFor();
    await chief.go('#/assessment/side-entrance');
    const verdict = page.getByRole('region', { name: 'Verdict', exact: true });
    await verdict.locator('.assessment-use').waitFor();
    assert.equal(await verdict.getAttribute('data-use'), assessment.use);
    const found = Math.round(assessment.expected.tpir.value * 100);
    await verdict.getByText(`Of 100 people on a list about ${found} would raise`).waitFor();
    await verdict.getByText('62 of 80 people gave a template; 41 of these').waitFor();
    const shown = await page
      .locator('[data-change]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-change')));
    assert.deepEqual(
      shown,
      assessment.advice.map(({ change }) => change),
    );
    await page.locator('[data-change="nearer"]').getByText('times larger for 14 px').waitFor();
    // A bar a bin, and those beyond the border are marked.
    const { counts } = assessment.measures.find(({ measure }) => measure === 'yaw') ?? {};
    const yaw = page.locator('figure[data-measure="yaw"]');
    assert.equal(await yaw.locator('rect').count(), counts?.length);
    assert.equal(await yaw.locator('line.histogram-limit').count(), 2);
    assert.ok((await yaw.locator('rect[data-beyond="true"]').count()) > 0);
    await page.getByText('Not measured so far: Pixels of faces too dark').waitFor();
    await page.getByText('Figures', { exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'Frame rate' }).waitFor();
    await look(page, 'poor-en');
    assert.deepEqual(chief.complaints, []);
  });

  it('is read on a phone in Chinese, its tables as cards', async () => {
    endedAssessment(room.live.dataDir, 'side-entrance', poorHour());
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/assessment/side-entrance',
      language: 'zh',
      theme: 'light',
      viewport: phone,
      phone: true,
    });
    const { page } = chief;
    await page.getByRole('region', { name: '结论', exact: true }).waitFor();
    await page.getByText('数据', { exact: true }).tap();
    const card = page.getByRole('row').filter({ hasText: '帧率' });
    await card.waitFor();
    assert.equal(
      await page.evaluate("getComputedStyle(document.querySelector('.table tbody tr')).display"),
      'block',
    );
    const over = Number(
      await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      ),
    );
    assert.equal(over, 0, 'the page scrolls sideways');
    await look(page, 'poor-zh-phone');
    assert.deepEqual(chief.complaints, []);
  });

  it('an operator looks on and starts nothing, a viewer has no such page', async () => {
    const path = '#/assessment/side-entrance';
    await using operator = await room.visit({ token: room.token('Desk', 'operator'), path });
    await operator.page.locator('[data-running]').or(operator.page.locator('.empty')).waitFor();
    assert.equal(await operator.page.getByRole('button', { name: /^Start/ }).count(), 0);
    const refused = await room.ask('Desk', '/api/cameras/side-entrance/assessment', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"running":true}',
    });
    assert.equal(refused.status, 403);
    await using guest = await room.visit({ token: room.token('Guest', 'viewer'), path });
    await guest.page.getByText('Your role does not have this page.').waitFor();
  });
});
