import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import type { Visitor } from '../support/browser/visitor.ts';
import { emptyScene, portraits, toJpeg } from '../support/images/portraits.ts';

interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

describe('people put on a list, found, searched for', {
  skip: browserMissing,
  timeout: 900_000,
}, () => {
  let room: ControlRoom;
  let pictures: Upload[] = [];
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    pictures = await Promise.all(
      (await portraits()).map(async (image, index) => ({
        name: `portrait-${index}.jpg`,
        mimeType: 'image/jpeg',
        buffer: await toJpeg(image),
      })),
    );
  });
  after(() => room?.[Symbol.asyncDispose]());

  const visit = (path: string): Promise<Visitor> =>
    room.visit({ token: room.token('Chief', 'admin'), path });

  it('makes a watchlist, enrols by upload, and finds the person on a camera', async () => {
    await using chief = await visit('#/watchlists');
    const { page } = chief;
    await page.getByRole('button', { name: 'New watchlist' }).click();
    const form = page.getByRole('dialog');
    await form.locator('[type=submit], [data-action=confirm]').last().click();
    // It may not be made without a purpose, a legal basis and whose word it is.
    assert.ok((await form.locator('[aria-invalid="true"]').count()) >= 4);
    for (const [label, value] of [
      ['Name', 'محمد & Co'],
      ['Owner', 'Duty officer'],
      ['Purpose', 'Find a missing person'],
      ['Legal basis', 'Police act, section 12'],
      ['Authorisation reference', 'File 12/2026'],
    ] as const) {
      await form.getByLabel(label, { exact: true }).fill(value);
    }
    await form.getByLabel('All cameras').check();
    await page.screenshot({ path: join(shotsFolder, 'new-watchlist.png') });
    await form.locator('[type=submit]').click();
    await page.getByRole('heading', { name: 'محمد & Co' }).waitFor();
    const listId = new URL(page.url()).hash.split('/')[2] ?? '';

    await page.getByRole('button', { name: 'Add a person' }).click();
    const person = page.getByRole('dialog');
    await person.getByLabel('Name, as alerts show it').fill('王小明');
    const bad = { name: 'wall.jpg', mimeType: 'image/jpeg', buffer: await toJpeg(emptyScene()) };
    await person
      .locator('input[type=file]')
      .first()
      .setInputFiles([...pictures.slice(0, 2), bad]);
    // Each is judged before it is sent: two are good, in one there is nobody.
    await person.getByText('no face was found in it').waitFor();
    await person.getByText('Usable, quality').nth(1).waitFor();
    await page.screenshot({ path: join(shotsFolder, 'new-person.png') });
    const alerted = room.nextAlert(listId);
    await person.locator('[type=submit]').click();
    await person.locator('.done').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'enrolled.png') });
    await person.getByRole('button', { name: 'Done' }).click();
    await page.locator('.face-button', { hasText: '王小明' }).waitFor();

    const { id, personName } = await alerted;
    assert.equal(personName, '王小明');
    await chief.go(`#/alerts/${id}`);
    await page.locator('#detail-title', { hasText: '王小明' }).waitFor();
    await page.locator('.detail img[data-kind="enrolled"]').waitFor();
    assert.deepEqual(chief.complaints, []);
    assert.deepEqual(chief.foreignHosts, []);
  });

  it('searches a picture with a reason, which is kept', async () => {
    await room.enrol(listOfOne.id);
    await using chief = await visit('#/search');
    const { page } = chief;
    await page.locator('input[type=file]').setInputFiles(pictures[2] as Upload);
    const search = page.locator('.search-form [type=submit]');
    await search.click();
    await page.locator('textarea[aria-invalid="true"]').waitFor();
    const reason = `Lost person, file ${Math.floor(Date.now() / 1000)}`;
    await page.locator('textarea').fill(reason);
    await search.click();
    const first = page.locator('.candidate').first();
    await first.waitFor();
    assert.equal(await first.getAttribute('data-matched'), 'true');
    assert.match((await first.textContent()) ?? '', /王小明|Robin Sample/);
    await chief.settled();
    await page.screenshot({ path: join(shotsFolder, 'search-found.png') });
    const answer = await room.ask('Chief', '/api/audit?limit=500');
    const { records } = (await answer.json()) as {
      records: { what: string; who: string; detail: { reason?: string } | null }[];
    };
    const searches = records.filter(({ what }) => what === 'search.run');
    assert.deepEqual(
      searches.map(({ who, detail }) => [who, detail?.reason]),
      [['Chief', reason]],
    );
    assert.deepEqual(chief.complaints, []);
  });

  it('searches the face of an alert', async () => {
    const { id, personId } = await room.nextAlert(listOfOne.id);
    await using chief = await visit(`#/search?alert=${id}`);
    const { page } = chief;
    await page.locator('.search-probe img').waitFor();
    await page.locator('textarea').fill('Seen at the entrance');
    await page.locator('.search-form [type=submit]').click();
    await page.locator('.candidate').first().waitFor();
    const links = await page
      .locator('.candidate-about a')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href') ?? ''));
    assert.ok(
      links.some((link) => link.includes(personId)),
      String(links),
    );
  });

  it('warns of a list that ends soon, and matches nobody once it has ended', async () => {
    // Long enough to be enrolled in and looked at before, on a slow machine too.
    const expiresAt = Date.now() + 30_000;
    const answer = await room.ask('Chief', '/api/watchlists', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Short-lived',
        purpose: 'Test of the end',
        legalBasis: 'None needed',
        authorisation: 'T-2',
        owner: 'Tests',
        cameras: '*',
        expiresAt,
      }),
    });
    assert.equal(answer.status, 201);
    const { id: listId } = (await answer.json()) as { id: string };
    await room.enrol(listId);
    const late: number[] = [];
    const heard = room.live.nightglass.services.alerts$.subscribe(({ change, alert }) => {
      // A second for what was on its way through the pipeline.
      if (
        change === 'created' &&
        alert.watchlistId === listId &&
        alert.createdAt > expiresAt + 1000
      )
        late.push(alert.createdAt - expiresAt);
    });
    await using chief = await visit('#/watchlists');
    const card = chief.page.locator('.list-card', { hasText: 'Short-lived' });
    await card.locator('.chip[data-tone="warn"], .chip[data-tone="bad"]').first().waitFor();
    await chief.page.screenshot({ path: join(shotsFolder, 'list-ends.png') });
    // The person passes again after the end: another list tells of it, this one does not.
    for (;;) {
      const { capturedAt } = await room.nextAlert(listOfOne.id);
      if (capturedAt > expiresAt + 1000) break;
    }
    heard.unsubscribe();
    assert.deepEqual(late, []);
    await chief.page.reload();
    await chief.settled();
    const text = (await chief.page.locator('main').textContent()) ?? '';
    // Purged, or shown as what it is until the purge.
    if (text.includes('Short-lived')) assert.match(text, /[Ee]xpired|ended/);
  });
});
