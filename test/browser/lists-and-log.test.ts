import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import type { Visitor } from '../support/browser/visitor.ts';
import { emptyScene, portraits, toJpeg } from '../support/images/portraits.ts';

describe('lists in bulk, statistics and the audit log', {
  skip: browserMissing,
  timeout: 400_000,
}, () => {
  let room: ControlRoom;
  let folder: string;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    folder = await mkdtemp(join(tmpdir(), 'nightglass-import-'));
    const [first, second] = await portraits();
    if (first === undefined || second === undefined) throw new Error('there are no portraits');
    await put('gallery/Robin Sample/1.jpg', await toJpeg(first));
    await put('gallery/Robin Sample/2.jpg', await toJpeg(second));
    await put('gallery/عمر/x.jpg', await toJpeg(emptyScene()));
    await put('gallery/notes.txt', Buffer.from('no picture'));
  });
  after(async () => {
    await room?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function put(path: string, content: Buffer): Promise<void> {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  const visit = (path: string): Promise<Visitor> =>
    room.visit({ token: room.token('Chief', 'admin'), path });

  async function download(page: Page, button: string): Promise<Buffer> {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button, exact: true }).click(),
    ]);
    return readFile(await file.path());
  }

  it('imports a folder with a report, exports the list, and deletes it when its name is typed', async () => {
    const token = room.token('Chief', 'admin');
    assert.ok(token.length > 0);
    const made = await room.ask('Chief', '/api/watchlists', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Imported',
        purpose: 'Test of the import',
        legalBasis: 'Nobody on it exists',
        authorisation: 'T-2',
        owner: 'Chief',
        cameras: '*',
      }),
    });
    const { id } = (await made.json()) as { id: string };
    await using chief = await visit(`#/watchlists/${id}`);
    const { page } = chief;
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[webkitdirectory]').setInputFiles(join(folder, 'gallery'));
    await dialog.getByText('3 pictures in 2 folders').waitFor();
    await dialog.getByText('1 file is no picture').waitFor();
    await dialog.getByRole('button', { name: 'Start the import' }).click();
    await dialog.locator('[data-import="done"]').waitFor({ timeout: 90_000 });
    await page.screenshot({ path: join(shotsFolder, 'import-report.png') });
    const counts = (await dialog.locator('.report-counts').textContent()) ?? '';
    assert.match(counts, /2 enrolled.* 1 refused/);
    const row = dialog.locator('tbody tr', { hasText: 'عمر' });
    assert.match((await row.textContent()) ?? '', /Refused.*no face was found/);
    const csv = (await download(page, 'Save the report')).toString();
    assert.match(csv, /"عمر","x\.jpg","refused","","NO_FACE"/);
    assert.equal(csv.trim().split('\r\n').length, 4);
    await page.keyboard.press('Escape');

    await page.locator('.face-button', { hasText: 'Robin Sample' }).waitFor();
    assert.equal(await page.locator('.face-button').count(), 1, 'nobody without a picture');

    // The end of a dialog, which comes late, leads nobody back who has gone on meanwhile.
    await page.locator('.face-button').click();
    await dialog.waitFor();
    await page.evaluate("document.querySelector('dialog').close(); location.hash = '#/search'");
    await page.locator('main[data-page="search"]').waitFor();
    await chief.settled();
    assert.equal(new URL(page.url()).hash, '#/search');
    await chief.go(`#/watchlists/${id}`);

    const archive = await download(page, 'Export');
    assert.equal(archive.subarray(0, 4).toString('latin1'), 'PK\u0003\u0004');
    assert.ok(archive.includes('people/Robin Sample/1.jpg'));

    await page.getByRole('button', { name: 'Delete' }).click();
    const sure = page.getByRole('button', { name: 'Delete for good' });
    assert.equal(await sure.isDisabled(), true);
    await page.getByLabel('Type “Imported” to confirm').fill('Imported');
    await sure.click();
    await page.getByRole('heading', { name: 'Watchlists' }).waitFor();
    assert.equal((await room.ask('Chief', `/api/watchlists/${id}`)).status, 404);
    assert.deepEqual(chief.complaints, []);
    assert.deepEqual([...chief.hosts], [new URL(room.address).host]);
  });

  it('orders the queue, is worked by keys, and counts what was decided', async () => {
    const alerted = room.nextAlert(listOfOne.id);
    await room.enrol(listOfOne.id);
    const { id } = await alerted;
    await using chief = await visit('#/review');
    const { page } = chief;
    await page.locator(`.queue-rows .row[data-id="${id}"]`).waitFor();
    // The first ones may be of the list that was imported above.
    const places = await page
      .locator('.queue-rows .row')
      .evaluateAll((rows) => rows.map((row) => row.dataset['id']));
    for (let place = 0; place <= places.indexOf(id); place += 1) await page.keyboard.press('j');
    await page.locator(`.detail[data-id="${id}"][data-state="new"]`).waitFor();
    await page.keyboard.press('a');
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
    await page.keyboard.press('d');
    await page.getByLabel('Why is it not this person?').waitFor();
    await page.keyboard.type('Another person');
    // A better picture that comes meanwhile is shown first, and asks for the verdict again.
    const dismissed = page.locator('.detail[data-state="dismissed"]');
    for (let tried = 0; tried < 10 && (await dismissed.count()) === 0; tried += 1) {
      await page.keyboard.press('Enter');
      await dismissed.waitFor({ timeout: 9_000 }).catch(() => undefined);
    }
    await dismissed.waitFor();
    await page.locator('.queue-rows li[data-decided="true"]').first().waitFor();
    await page.getByRole('link', { name: 'Statistics' }).click();
    const list = page.locator('.breakdown tr', { hasText: listOfOne.name });
    await list.waitFor();
    assert.match((await list.locator('td.number').allTextContents()).join(' '), /^0 1 \d+$/);
    await page.screenshot({ path: join(shotsFolder, 'statistics.png') });
    // The verdict on a picture that was no longer the latest is refused; it was given again. An alert
    // of the list that was deleted above has no enrolled picture any more.
    const others = chief.complaints.filter(
      (one) =>
        !/^409 POST \S+\/review$/.test(one) &&
        (one.includes(id) || !/^404 GET \S+\/evidence\/enrolled$/.test(one)),
    );
    assert.deepEqual(others, []);
  });

  it('shows the models with cards, verifies the log, filters it and hands it out', async () => {
    await using chief = await visit('#/system');
    const { page } = chief;
    await page.locator('.chart-card').first().waitFor();
    const detect = page.locator('tr', { hasText: 'nightglass-detect' });
    assert.match((await detect.textContent()) ?? '', /[0-9a-f]{64}/);
    await detect.getByRole('button').click();
    await page.getByRole('dialog').getByText('Training data').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Verify' }).click();
    await page.locator('.verdict[data-ok="true"]').waitFor();
    await page.getByLabel('What').selectOption('watchlist.imported');
    await page.getByRole('button', { name: 'Show' }).click();
    const rows = page.locator('.audit-table tbody tr');
    await rows.nth(1).waitFor({ state: 'detached' });
    await rows.filter({ hasText: 'Archive sent for import' }).waitFor();
    assert.equal(await rows.count(), 1);
    await page.screenshot({ path: join(shotsFolder, 'audit-log.png') });
    const lines = (await download(page, 'Export')).toString().trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).what),
      ['watchlist.imported'],
    );
    assert.deepEqual(chief.complaints, []);
  });
});
