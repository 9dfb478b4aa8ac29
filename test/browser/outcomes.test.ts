import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';

describe('outcomes of alerts on their page', { skip: browserMissing, timeout: 400_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('are recorded with two clicks, and stand in history and statistics', async () => {
    const raised = room.nextAlert(listOfOne.id);
    await room.enrol(listOfOne.id);
    const { id } = await raised;
    const token = room.token('Guard', 'reviewer');
    await using guard = await room.visit({ token, path: `#/alerts/${id}` });
    const { page } = guard;
    for (const action of ['acknowledge', 'confirm']) {
      const answer = await room.ask('Guard', `/api/alerts/${id}/review`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      });
      assert.equal(answer.status, 200);
    }
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    await page.getByRole('button', { name: 'Was another person' }).click();
    await page.locator('.outcome').getByLabel('Note').fill('Shown the passport');
    await page.screenshot({ path: join(shotsFolder, 'outcome.png'), fullPage: true });
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('Recorded last: Was another person').waitFor();
    await page.getByText('recorded: Was another person').waitFor();
    await page.getByText('Shown the passport').waitFor();

    const phone = { viewport: { width: 390, height: 800 }, theme: 'light' } as const;
    await using small = await room.visit({ token, path: `#/alerts/${id}`, ...phone });
    await small.page.getByRole('button', { name: 'Identified by a document' }).click();
    const wide = await small.page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
    await small.page
      .locator('.outcome')
      .screenshot({ path: join(shotsFolder, 'outcome-phone.png') });

    await page.goto(`${room.address}/#/review?view=statistics`);
    await page
      .getByRole('link', { name: 'Statistics' })
      .or(page.getByRole('button', { name: 'Statistics' }))
      .first()
      .click();
    await page.getByRole('heading', { name: 'What came of confirmed alerts' }).waitFor();
    await page.getByRole('columnheader', { name: 'Was another person' }).waitFor();
    await page
      .locator('[aria-labelledby="outcomes-title"]')
      .screenshot({ path: join(shotsFolder, 'outcome-statistics.png') });
    assert.deepEqual([...guard.complaints, ...small.complaints], []);
  });
});
