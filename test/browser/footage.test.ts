import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { verifyCase } from '../../src/services/evidence/verify-case.ts';
import { ControlRoom, listOfOne, listOfTwo } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import type { Visitor } from '../support/browser/visitor.ts';
import { matroskaFile } from '../support/demo/matroska-file.ts';
import { demoFootage } from '../support/live/demo-footage.ts';
import { filesOf } from '../support/services/exported-case.ts';

const sizes = [
  { name: 'desktop', viewport: { width: 1440, height: 900 } },
  { name: 'tablet', viewport: { width: 1024, height: 768 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, phone: true },
] as const;

describe('the page of recorded footage', { skip: browserMissing, timeout: 500_000 }, () => {
  let room: ControlRoom;
  let folder: string;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'nightglass-footage-page-'));
    await mkdir(join(folder, 'nvr', 'gate'), { recursive: true });
    const [lobby] = (await demoFootage()).cameras;
    assert.ok(lobby);
    await writeFile(join(folder, 'nvr', 'gate', 'gate-2100.mkv'), matroskaFile(lobby.source, 3));
    await writeFile(join(folder, 'nvr', 'gate', 'gate-2130.mkv'), matroskaFile(lobby.source, 2));
    await writeFile(join(folder, 'nvr', 'night.mkv'), matroskaFile(lobby.source, 40));
    const lists = [listOfOne, listOfTwo].map((list) => ({
      // Generated faces are more alike than people are.
      ...{ ...list, uses: ['footage'], threshold: 0.7 },
    }));
    room = await ControlRoom.start({
      sources: {},
      config: { footage: { roots: [join(folder, 'nvr')] }, watchlists: lists },
    });
    await room.enrol(listOfOne.id);
    await room.enrol(listOfTwo.id);
  });
  after(async () => {
    await room?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const visit = (name: string, options: object = {}): Promise<Visitor> =>
    room.visit({ token: room.token(name, 'reviewer'), path: '#/footage', ...options });

  async function assertAccessible({ page }: Visitor): Promise<void> {
    assert.deepEqual(await findViolations(page), []);
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(wide, false, 'nothing is wider than the page');
  }

  /** Fills in the dialog that is open; the sightings of the case that came, which is sound. */
  async function exportedBy(visitor: Visitor) {
    const { page } = visitor;
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Police request 12/2026');
    await dialog.getByRole('checkbox', { name: /^With the seconds around/ }).check();
    await assertAccessible(visitor);
    await page.screenshot({ path: join(shotsFolder, 'footage-export.png') });
    const coming = page.waitForEvent('download', { timeout: 240_000 });
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const file = join(folder, 'case.zip');
    await (await coming).saveAs(file);
    const verdict = await verifyCase(file);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    await dialog.getByText(/^Exported as case-/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    const files = await filesOf(await readFile(file));
    const said = JSON.parse(files.get('case.json')?.toString() ?? '') as {
      searches: { sightings: { id: string; clip: object | null }[] }[];
    };
    return said.searches.flatMap(({ sightings }) => sightings);
  }

  it('starts a search over a folder, shows how far it is, and whom it found', async () => {
    await using ann = await visit('Ann');
    const { page } = ann;
    await page.getByRole('button', { name: 'New search' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Start the search' }).click();
    await dialog.getByText('Choose at least one file or folder.').waitFor();
    await dialog.getByRole('button', { name: 'Open nvr' }).click();
    await dialog.getByRole('button', { name: 'Open gate' }).waitFor();
    await dialog.getByRole('checkbox', { name: 'Search gate' }).check();
    await dialog.getByRole('checkbox', { name: listOfOne.name }).check();
    await dialog.getByRole('checkbox', { name: 'Key pictures first' }).check();
    await dialog.getByLabel('Reason').fill('Case 17: the coat on the platform');
    await dialog.getByLabel('The first file begins').fill('2026-11-28T21:00:00');
    await assertAccessible(ann);
    await page.screenshot({ path: join(shotsFolder, 'footage-new.png') });
    await dialog.getByRole('button', { name: 'Start the search' }).click();
    await page.getByText('Done', { exact: true }).waitFor({ timeout: 240_000 });
    await page.getByText('Key pictures first').waitFor();
    assert.equal(await page.locator('.footage-preliminary').count(), 0);
    const cards = page.locator('.footage-card');
    await cards.first().waitFor();
    assert.ok((await cards.count()) >= 5, 'one a round');
    const marks = page.getByRole('button', { name: /^Seen at/ });
    assert.equal(await marks.count(), await cards.count());
    await marks.last().click();
    const focused = await page.evaluate('document.activeElement.dataset.id');
    assert.equal(focused, await cards.last().getAttribute('data-id'));
    await cards.first().getByRole('button', { name: 'Show the seconds around it' }).click();
    const video = cards.first().locator('video');
    await video.waitFor();
    for (let waits = 0; waits < 600; waits += 1) {
      if (await video.evaluate((element) => (element as { readyState: number }).readyState >= 2))
        break;
      await page.waitForTimeout(100);
    }
    assert.ok(await video.evaluate((element) => (element as { duration: number }).duration > 5));
    await page.getByText('Files and their hashes').click();
    await page.getByRole('row', { name: /gate-2130\.mkv.*whole.*[0-9a-f]{64}/ }).waitFor();
    await ann.settled();
    await assertAccessible(ann);
    const shown = await cards.evaluateAll((all) =>
      all.map((card) => (card as { dataset: { id?: string } }).dataset.id),
    );
    // The whole search replaces what the quick one found, while the page may still ask for its pictures.
    const replaced = (text: string) => {
      const id = /^404 GET \/api\/footage\/sightings\/(\w+)\/pictures\/\w+$/.exec(text)?.[1];
      return id !== undefined && !shown.includes(id);
    };
    assert.deepEqual(
      ann.complaints.filter((text) => !replaced(text)),
      [],
    );
    const address = new URL(page.url()).hash;
    for (const { name, ...size } of sizes) {
      for (const [theme, language] of [
        ['dark', 'en'],
        ['light', 'zh'],
      ] as const) {
        await using visitor = await visit('Ann', { ...size, theme, language, path: address });
        await visitor.page.locator('.footage-card').first().waitFor();
        await visitor.settled();
        await assertAccessible(visitor);
        const file = `footage-found-${name}-${theme}-${language}.png`;
        await visitor.page.screenshot({ path: join(shotsFolder, file), fullPage: true });
        await visitor.page.locator('.footage-card').first().scrollIntoViewIfNeeded();
        await visitor.page.screenshot({ path: join(shotsFolder, `cards-${file}`) });
      }
    }
  });

  it('exports chosen sightings, and all of a person, as signed cases', async () => {
    room.token('Ann', 'reviewer');
    const asked = await room.ask('Ann', '/api/footage/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ paths: [join(folder, 'nvr', 'gate')], lists: [listOfOne.id], reason: 'Case 19' },
        beginsAt: Date.parse('2026-11-28T21:00:00Z'),
      }),
    });
    const { id } = (await asked.json()) as { id: string };
    await using ann = await visit('Ann', { path: `#/footage/${id}` });
    const { page } = ann;
    await page.getByText('Done', { exact: true }).waitFor();
    const cards = page.locator('.footage-card');
    await cards.first().waitFor();
    for (const at of [0, 2]) await cards.nth(at).getByRole('checkbox').check();
    const bar = page.locator('.footage-chosen');
    await bar.getByText('2 sightings selected').waitFor();
    await assertAccessible(ann);
    await page.screenshot({ path: join(shotsFolder, 'footage-chosen.png') });
    await bar.getByRole('button', { name: 'Export evidence…' }).click();
    const chosen = await exportedBy(ann);
    assert.deepEqual(
      chosen.map((each) => each.id),
      [await cards.nth(0).getAttribute('data-id'), await cards.nth(2).getAttribute('data-id')],
    );
    assert.ok(chosen.every(({ clip }) => clip !== null));
    await bar.getByRole('button', { name: 'Select none' }).click();
    await bar.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Export all of / }).click();
    assert.equal((await exportedBy(ann)).length, await cards.count());
    assert.deepEqual(ann.complaints, []);
    await using phone = await visit('Ann', {
      ...sizes[2],
      ...{ theme: 'light', language: 'zh', path: `#/footage/${id}` },
    });
    await phone.page.locator('.footage-card').first().waitFor();
    await assertAccessible(phone);
    await phone.page.locator('.footage-card').first().getByRole('checkbox').check();
    // It lies over what scrolls below it, so it must fit.
    await phone.page.locator('.footage-chosen').waitFor();
    const wide = 'document.documentElement.scrollWidth > innerWidth';
    assert.equal(await phone.page.evaluate(wide), false);
    await phone.page.screenshot({ path: join(shotsFolder, 'footage-chosen-phone.png') });
    await using operator = await room.visit({
      token: room.token('Olga', 'operator'),
      path: `#/footage/${id}`,
    });
    await operator.page.locator('.footage-card').first().waitFor();
    assert.equal(await operator.page.getByRole('button', { name: /^Export/ }).count(), 0);
    assert.equal(await operator.page.locator('.footage-card input').count(), 0);
  });

  it('lets a second person authorise, and pauses, goes on and ends', async () => {
    await using ann = await visit('Ann');
    const asked = await room.ask('Ann', '/api/footage/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ paths: [join(folder, 'nvr', 'night.mkv')], lists: [listOfTwo.id] },
        reason: 'Case 18',
      }),
    });
    assert.equal(asked.status, 201, await asked.clone().text());
    const { id } = (await asked.json()) as { id: string };
    const own = ann.page.locator(`.footage-job[data-id="${id}"]`);
    await own.getByText('Somebody else must authorise it').waitFor();
    assert.equal(await own.getByRole('button', { name: 'Authorise' }).count(), 0);
    await using bob = await visit('Bob');
    const job = bob.page.locator(`.footage-job[data-id="${id}"]`);
    await job.getByText('Waits for a second person').waitFor();
    await assertAccessible(bob);
    await job.getByRole('button', { name: 'Authorise' }).click();
    await job.getByText(/times as fast as recorded/).waitFor();
    await job.getByText(/left$/).waitFor();
    for (const { name, ...size } of sizes) {
      await using visitor = await visit('Bob', size);
      await visitor.page.getByText('Case 18').waitFor();
      await assertAccessible(visitor);
      await visitor.page.screenshot({ path: join(shotsFolder, `footage-jobs-${name}.png`) });
    }
    await job.getByRole('button', { name: 'Pause' }).click();
    await job.getByText('Paused', { exact: true }).waitFor();
    await job.getByRole('button', { name: 'Go on' }).click();
    await job.getByText('Searching', { exact: true }).waitFor();
    await job.getByRole('button', { name: 'End', exact: true }).click();
    await bob.page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await job.getByText('Ended early').waitFor();
    assert.deepEqual(bob.complaints, []);
  });
});
