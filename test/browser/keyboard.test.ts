import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing } from '../support/browser/dashboard-built.ts';

/** Presses Tab until the element that has the focus satisfies `wanted`, a JavaScript expression of `at`. */
async function tabTo(page: Page, wanted: string, limit = 60): Promise<void> {
  for (let presses = 0; presses < limit; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`((at) => Boolean(${wanted}))(document.activeElement)`)) return;
  }
  assert.fail(`${limit} times Tab did not reach ${wanted}`);
}

describe('the main job by keyboard alone', { skip: browserMissing, timeout: 900_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    room = await ControlRoom.start();
    await room.enrol(listOfOne.id);
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('signs in, finds the alert, acknowledges, dismisses with a reason, and signs out', async () => {
    await using ada = await room.visit();
    const { page } = ada;
    await page.locator('input[type=password]').waitFor();
    await tabTo(page, "at?.textContent === 'Use a token instead'");
    await page.keyboard.press('Enter');
    await page.getByLabel('Access token').waitFor();
    // The field has the focus already.
    await page.keyboard.insertText(room.token('Ada', 'reviewer'));
    await page.keyboard.press('Enter');
    await page.locator('main[data-page="wall"]').waitFor();
    const raised = await room.nextAlert(listOfOne.id);
    await page.locator(`[id="alert-${raised.id}"]`).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.locator('.row').first().waitFor();
    // One row for all alerts of the person: a later one may take its place meanwhile.
    await tabTo(page, "at?.classList?.contains('row')");
    await page.keyboard.press('Enter');
    await page.locator('.detail[data-id]').waitFor();
    const id = (await page.locator('.detail').getAttribute('data-id')) ?? '';
    await page.keyboard.press('a');
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
    await page.keyboard.press('d');
    await page.locator('form.dismiss input:focus').waitFor();
    await page.keyboard.insertText('Another person');
    await page.keyboard.press('Enter');
    await page.locator('.detail[data-state="dismissed"]').waitFor();
    const record = await room.live.nightglass.services.alerts.find(id, 'test');
    assert.deepEqual(
      record?.reviews.map(({ action, reason }) => [action, reason]),
      [
        ['acknowledge', ''],
        ['dismiss', 'Another person'],
      ],
    );
    await tabTo(page, "at?.textContent === 'Sign out'", 120);
    await page.keyboard.press('Enter');
    await page.locator('input[type=password]').waitFor();
    assert.deepEqual(ada.complaints, []);
  });

  it('acknowledges by Tab and Enter, with every stop to be seen', async () => {
    const { id } = await room.nextAlert(listOfOne.id);
    await using ada = await room.visit({
      token: room.token('Ada', 'reviewer'),
      path: `#/alerts/${id}`,
    });
    const { page } = ada;
    await page.locator('.detail [data-action="acknowledge"]').waitFor();
    const unseen: string[] = [];
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const [name, shown] = (await page.evaluate(`(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
        const { width, height } = at.getBoundingClientRect();
        return [at.outerHTML.slice(0, 120), at === document.body || (marked && width > 0 && height > 0)];
      })()`)) as [string, boolean];
      if (!shown) unseen.push(name);
      if (name.includes('data-action="acknowledge"')) break;
    }
    assert.deepEqual(unseen, [], 'the focus was not to be seen');
    await page.keyboard.press('Enter');
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
  });

  it('lists its shortcuts, and closes a dialog with Escape, back where it was', async () => {
    await using ada = await room.visit({ token: room.token('Ada', 'reviewer'), path: '#/wall' });
    const { page } = ada;
    await page.locator('main[data-page="wall"]').waitFor();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    for (const [key, name] of [
      ['l', 'watchlists'],
      ['s', 'search'],
      ['r', 'review'],
      ['y', 'system'],
      ['w', 'wall'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.locator(`main[data-page="${name}"]`).waitFor();
    }
  });
});
