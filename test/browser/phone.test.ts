import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';

const phone = { width: 390, height: 844 };

describe('the dashboard on a phone', { skip: browserMissing, timeout: 900_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    await room.enrol(listOfOne.id);
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('fits every page, and an alert can be decided by touch', async () => {
    const { id } = await room.nextAlert(listOfOne.id);
    await using ada = await room.visit({
      token: room.token('Ada', 'admin'),
      path: '#/wall',
      viewport: phone,
      phone: true,
    });
    const { page } = ada;
    await page.locator('main[data-page="wall"]').waitFor();
    const found: string[] = [];
    for (const path of [
      '#/wall',
      '#/camera/lobby',
      '#/alerts',
      `#/alerts/${id}`,
      '#/watchlists',
      `#/watchlists/${listOfOne.id}`,
      '#/search',
      '#/review',
      '#/system',
    ]) {
      await ada.go(path);
      const name = path.replaceAll(/[#/]+/g, '-').replace(id, 'one');
      await page.screenshot({ path: join(shotsFolder, `phone${name}.png`) });
      const over = Number(
        await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        ),
      );
      if (over > 0) found.push(`${path} is ${over} px too wide`);
      found.push(...(await findViolations(page)).map((each) => `${path}: ${each}`));
    }
    assert.deepEqual(found, []);
    // Rows of the system page's tables are cards: what is long has the width of the screen.
    await ada.go('#/system');
    await page.locator('.audit-detail:not(:empty)').first().waitFor();
    const widths = (await page.evaluate(
      `['.audit-detail:not(:empty)', '.model-hash'].map((cell) => document.querySelector(cell).offsetWidth)`,
    )) as number[];
    assert.ok(
      widths.every((width) => width >= 200),
      String(widths),
    );
    await ada.go(`#/alerts/${id}`);
    await page.locator('.detail [data-action="acknowledge"]').tap();
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
    await page.locator('.detail [data-action="confirm"]').tap();
    await page.locator('.detail[data-state="confirmed"]').waitFor();
    assert.deepEqual(ada.complaints, []);
  });
});
