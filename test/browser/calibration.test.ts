import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Calibration } from '../../src/client/nightglass-client.ts';
import { createStore } from '../../src/store/create-store.ts';
import { StrangerScoreTable } from '../../src/store/stranger-score-table.ts';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';

describe('calibration of a camera', { skip: browserMissing, timeout: 400_000 }, () => {
  let room: ControlRoom;
  let camera: string;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    await room.enrol(listOfOne.id);
    room.token('Chief', 'admin');
    const answer = await room.ask('Chief', '/api/cameras');
    const { cameras } = (await answer.json()) as { cameras: { id: string }[] };
    camera = cameras[0]?.id ?? '';
    passStrangers(room.live.dataDir, (await calibration()).model ?? '');
  });
  after(() => room?.[Symbol.asyncDispose]());

  async function calibration(query = ''): Promise<Calibration> {
    const answer = await room.ask('Chief', `/api/cameras/${camera}/calibration${query}`);
    assert.equal(answer.status, 200);
    return (await answer.json()) as Calibration;
  }

  /** As hours in front of a camera would: 600 strangers, most of them unlike anybody. */
  function passStrangers(dataDir: string, model: string): void {
    const store = createStore({ dataDir });
    try {
      const now = Date.now();
      const scores = Array.from({ length: 600 }, (_, i) => ({
        cameraId: camera,
        watchlistId: listOfOne.id,
        model,
        at: now,
        score: 0.12 + 0.3 * Math.abs(Math.sin(i * 7.3)) ** 3,
      }));
      new StrangerScoreTable(store).add(scores);
    } finally {
      store.close();
    }
  }

  it('shows how strangers score, and sets the threshold that follows, when an administrator says so', async () => {
    const token = room.token('Chief', 'admin');
    await using chief = await room.visit({ token, path: `#/camera/${camera}` });
    const { page } = chief;
    await page.getByRole('link', { name: 'Calibration', exact: true }).click();
    await page.locator('main[data-page="calibration"]').waitFor();
    const list = page.getByRole('region', { name: listOfOne.name, exact: true });
    await list.locator('.chart canvas').waitFor();
    await list.getByRole('progressbar').waitFor();
    // The list's own rate needs more strangers than there are.
    await list.getByText('too few strangers').waitFor();
    await page.getByLabel('False alarms').selectOption('0.01');
    await list.getByRole('row').filter({ hasText: 'surely below this rate' }).waitFor();
    await page.screenshot({
      path: join(shotsFolder, 'calibration-en.png'),
      animations: 'disabled',
    });
    const [found] = (await calibration('?fpir=0.01')).lists;
    assert.ok(found?.careful, 'too few strangers');
    const row = list.getByRole('row').filter({ hasText: 'surely below this rate' });
    const threshold = found.careful.threshold.toFixed(3);
    assert.ok((await row.textContent())?.startsWith(threshold));
    await row.getByRole('button', { name: `Set ${threshold}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`the fixed threshold ${threshold}`).waitFor();
    await dialog.getByRole('button', { name: 'Set', exact: true }).click();
    await list
      .getByRole('row')
      .filter({ hasText: 'in force now' })
      .filter({ hasText: threshold })
      .waitFor();
    const answer = await room.ask('Chief', `/api/watchlists/${listOfOne.id}`);
    const { fixedThreshold } = (await answer.json()) as { fixedThreshold: number };
    assert.equal(fixedThreshold, found.careful.threshold);
    assert.deepEqual(chief.complaints, []);
  });

  it('stops counting, and counts from nothing, on record', async () => {
    const token = room.token('Chief', 'admin');
    await using chief = await room.visit({
      token,
      path: `#/calibration/${camera}`,
      language: 'zh',
    });
    const { page } = chief;
    await page.locator('.chart canvas').first().waitFor();
    await page.screenshot({
      path: join(shotsFolder, 'calibration-zh.png'),
      animations: 'disabled',
    });
    await page.getByRole('button', { name: '停止计数' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停止计数' }).click();
    await page.locator('[data-counting="false"]').waitFor();
    assert.equal((await calibration()).counting, false);
    await page.getByRole('button', { name: '从零开始计数' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '从零开始计数' }).click();
    await page.locator('[data-counting="true"]').waitFor();
    const { startedAt, lists } = await calibration();
    assert.ok(startedAt !== null);
    // Whoever passed since the start is all there is.
    assert.ok((lists[0]?.strangers ?? 0) < 100);
    const audit = await room.ask('Chief', '/api/audit?limit=50');
    const { records } = (await audit.json()) as { records: { what: string; target: string }[] };
    for (const what of ['calibration.started', 'calibration.stopped']) {
      assert.ok(
        records.some((record) => record.what === what && record.target === camera),
        what,
      );
    }
    assert.deepEqual(chief.complaints, []);
  });

  it('an operator looks on, a viewer does not', async () => {
    const path = `#/calibration/${camera}`;
    await using operator = await room.visit({ token: room.token('Desk', 'operator'), path });
    await operator.page.locator('[data-counting]').waitFor();
    assert.equal(
      await operator.page.getByRole('button', { name: 'Count from nothing' }).count(),
      0,
    );
    assert.equal(
      (
        await room.ask('Desk', `/api/cameras/${camera}/calibration`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"counting":false}',
        })
      ).status,
      403,
    );
    await using guest = await room.visit({ token: room.token('Guest', 'viewer'), path });
    await guest.page.getByText('Your role does not have this page.').waitFor();
  });
});
