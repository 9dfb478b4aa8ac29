import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';

describe('the review of a list on its page', { skip: browserMissing, timeout: 400_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start({ config: { review: { watchlists: 'required' } } });
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('says that configured lists wait, and puts one in force that somebody else changed', async () => {
    const token = room.token('Chief', 'admin');
    room.token('Second', 'reviewer');
    const path = `#/watchlists/${listOfOne.id}`;
    await using chief = await room.visit({ token, path });
    const { page } = chief;
    const waits = page.getByRole('heading', { name: 'Waits for review: matches nobody' });
    await waits.waitFor();
    await page.getByText('made by the configuration').waitFor();
    await page.getByLabel('Note for the record').fill('File T-1 read');
    await page.screenshot({ path: join(shotsFolder, 'list-review-new.png'), fullPage: true });
    await page.getByRole('button', { name: 'Reviewed: put in force' }).click();
    await waits.waitFor({ state: 'detached' });
    await page.getByText(/Chief, .*: File T-1 read/).waitFor();
    const changed = await room.ask('Chief', `/api/watchlists/${listOfOne.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ retentionDays: 90, purpose: 'Find anybody' }),
    });
    assert.equal(changed.status, 200);
    await page.reload();
    await waits.waitFor();
    await page.getByRole('cell', { name: '30 days' }).waitFor();
    await page.getByRole('button', { name: 'Reviewed: put in force' }).click();
    await page.getByText(/somebody else has to/).waitFor();
    assert.deepEqual(chief.complaints.splice(0), [
      `403 POST /api/watchlists/${listOfOne.id}/review`,
    ]);

    const second = room.token('Second', 'reviewer');
    const phone = {
      viewport: { width: 390, height: 800 },
      language: 'zh',
      theme: 'light',
    } as const;
    await using other = await room.visit({ token: second, path, ...phone });
    await other.page.getByRole('heading', { name: '待审核：不比对任何人' }).waitFor();
    const wide = await other.page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
    await other.page.screenshot({ path: join(shotsFolder, 'list-review-zh.png'), fullPage: true });
    await other.page.getByRole('button', { name: '已审核：使其生效' }).click();
    await other.page.getByText(/Second，/).waitFor();
    const { inForce, review } = (await (
      await room.ask('Second', `/api/watchlists/${listOfOne.id}`)
    ).json()) as { inForce: boolean; review: { confirmed: { by: string; as: string } } };
    assert.deepEqual(
      [inForce, review.confirmed.by, review.confirmed.as],
      [true, 'Second', 'other'],
    );

    await page.goto(`${room.address}/#/watchlists`);
    await page.getByText('Waits for review and matches nobody: Barred.').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'list-review-lists.png') });
    assert.deepEqual([...chief.complaints, ...other.complaints], []);
  });
});
