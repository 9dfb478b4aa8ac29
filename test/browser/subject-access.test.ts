import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { verifyCase } from '../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../src/services/in-turns.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';
import { madeClip } from '../support/services/clips-of.ts';
import { filesOf } from '../support/services/exported-case.ts';
import { templateFor, vectorAt } from '../support/services/watchlist-fixture.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program' : false);
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 800 };

describe("a person's data on request, on the page", { skip, timeout: 400_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;
  let folder: string;
  let path: string;
  /** A confirmed alert with a clip, one whose clip is being recorded, and more, 22 in all. */
  let alerts: string[];

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'nightglass-subject-'));
    browser = await launchBrowser();
    services = new PaintedServices(ffmpeg ?? '');
    services.addList('list-1', { cameras: '*' });
    const person = services.lists.addPerson('list-1', { name: 'Ada', note: 'Brought by Ann' });
    const image = services.pictures.get('enrolled') ?? assert.fail();
    services.lists.addTemplate(templateFor(person.id, vectorAt(1), { image }));
    path = `#/watchlists/list-1?person=${person.id}`;
    alerts = Array.from({ length: 22 }, () =>
      services.raisePainted({
        ...{ personId: person.id, watchlistId: 'list-1', clip: { state: 'pending' } },
      }),
    );
    const [first = '', second = ''] = alerts;
    const place = { alertId: first, appearance: 0 };
    const kept = await inTurns(services.clips.keep(place, madeClip(new Uint8Array(9_000).fill(1))));
    assert.ok(typeof kept !== 'string' && services.alertStore.setClip(place, kept));
    for (const id of [first, second]) {
      services.alertStore.review(id, { action: 'acknowledge', reviewer: 'zoe' });
      services.alertStore.review(id, { action: 'confirm', reviewer: 'zoe', reason: 'sure' });
    }
    services.alertStore.note(first, 'By the gate with a bag', 'zoe');
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0', webRoot },
      ...{ services },
      access: new FakeAccess({
        ann: { role: 'reviewer', scopes: ['embeddings:read'] },
        bob: { role: 'reviewer' },
        operator: { role: 'operator' },
        gate: { role: 'reviewer', cameras: ['entrance'] },
      }),
    });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is looked at, withheld from, made in parts and saved, each to be verified', async () => {
    await using visitor = await Visitor.open(browser, gateway.address, {
      ...{ token: 'ann', path, viewport: wide },
    });
    const { page } = visitor;
    const action = page.getByRole('button', { name: 'Data on request…' });
    await action.waitFor();
    await page.screenshot({ path: join(shotsFolder, 'subject-access-person.png') });
    await action.click();
    const dialog = page.getByRole('dialog', { name: 'Data on request: Ada' });
    await dialog.getByRole('heading', { name: 'What part 1 of 2 will hold' }).waitFor();
    await dialog.getByText('In all parts: 22 alerts').waitFor();
    const item = (place: string) =>
      dialog.locator('.subject-item').filter({ has: page.locator(`a[href="#/alerts/${place}"]`) });
    const [first = '', second = '', third = ''] = alerts;
    await item(first).getByText('1 clip').waitFor();
    await item(second).getByText('Left out: clips: still being recorded').waitFor();
    const unjudged = item(third).getByText(/nobody has confirmed/);
    await unjudged.waitFor();
    await page.screenshot({ path: join(shotsFolder, 'subject-access.png') });
    assert.deepEqual(await findViolations(page), []);

    const make = dialog.getByRole('button', { name: 'Make and save part' });
    await make.click();
    await dialog.getByText('At least 3 characters, please.').waitFor();
    const reason = dialog.getByRole('textbox', { name: 'Reason', exact: true });
    await page.waitForFunction("document.activeElement.tagName === 'TEXTAREA'");
    await page.keyboard.type('request 12 of 2026');
    assert.equal(await reason.inputValue(), 'request 12 of 2026');
    await item(third).getByLabel('I looked: it shows this person').check();
    await unjudged.waitFor({ state: 'detached' });
    const note = dialog.locator('.subject-texts > li', { hasText: 'By the gate with a bag' });
    await note.getByLabel('Withhold').check();
    await make.click();
    await note.getByText('At least 3 characters, please.').waitFor();
    await note.getByLabel('Why, for the person to read').fill('a source is named');
    await item(second).getByLabel('Withhold: Alert').check();
    await item(second).getByLabel('What', { exact: true }).selectOption('pictures');
    await item(second).getByLabel('Why, for the person to read').fill('under investigation');
    await dialog.getByText('withheld by you: 2').waitFor();
    await item(first).scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(shotsFolder, 'subject-access-withheld.png') });
    assert.deepEqual(await findViolations(page), []);

    const files: string[] = [];
    for (const number of [1, 2]) {
      const saved = page.waitForEvent('download');
      await dialog.getByRole('button', { name: `Make and save part ${number} of 2` }).click();
      const file = join(folder, `part-${number}.zip`);
      await (await saved).saveAs(file);
      files.push(file);
      await dialog.locator('.done', { hasText: `Part ${number} is saved as case-` }).waitFor();
      if (number === 1) {
        await dialog.getByRole('heading', { name: 'What part 2 of 2 will hold' }).waitFor();
        assert.ok(await reason.isDisabled(), 'all parts are of one answer');
      }
    }
    await dialog.getByText('All parts are made.').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'subject-access-made.png') });
    for (const file of files) assert.ok((await verifyCase(file)).ok);
    const made = await filesOf(readFileSync(files[0] ?? assert.fail()));
    const said = JSON.parse(made.get('subject.json')?.toString() ?? '');
    const why = new Map(
      said.withheld.map((each: { what: string; reason: string; why: string | null }) => [
        each.what,
        [each.reason, each.why],
      ]),
    );
    assert.deepEqual(why.get(`alerts/${first}/notes/1`), ['controller', 'a source is named']);
    assert.deepEqual(why.get(`alerts/${second}/pictures`), ['controller', 'under investigation']);
    assert.deepEqual(why.get(`alerts/${second}/clip.mp4`), ['pending', null]);
    assert.ok(made.has(`alerts/${first}/clip.mp4`) && made.has(`alerts/${third}/face.jpg`));
    assert.equal(said.people[0].templates[0].numbers.length, 32);
    assert.equal(services.audit.list({ what: 'subject.exported' }).length, 2);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(visitor.complaints, []);
  });

  it('is given up, and says what refuses it', async () => {
    const light = { token: 'bob', path, theme: 'light', viewport: wide } as const;
    await using visitor = await Visitor.open(browser, gateway.address, light);
    const { page } = visitor;
    const begun = Promise.withResolvers<AbortSignal>();
    services.onBlurClip = (_mp4, _seen, watch) =>
      new Promise((_, reject) => {
        const signal = watch?.signal ?? assert.fail();
        watch?.onShare?.(0.4);
        signal.addEventListener('abort', () => reject(signal.reason));
        begun.resolve(signal);
      });
    await page.getByRole('button', { name: 'Data on request…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Data on request: Ada' });
    await dialog.getByRole('heading', { name: 'What part 1 of 2 will hold' }).waitFor();
    assert.equal(await dialog.getByText('Numbers of the face templates').count(), 0);
    await dialog.getByRole('textbox', { name: 'Reason', exact: true }).fill('request 13');
    await dialog.getByRole('button', { name: 'Make and save part 1' }).press('Enter');
    await dialog.getByText('Hiding faces, clip 1 of 1').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'subject-access-light.png') });
    const signal = await begun.promise;
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Make and save part 1 of 2' }).waitFor();
    assert.equal(await dialog.getByRole('alert').count(), 0, 'that is no failure');
    assert.ok(signal.aborted);
    assert.deepEqual(visitor.complaints, []);
    services.onBlurClip = async () => null;
    await page.route('**/api/subject/jobs', (route) =>
      route.fulfill({
        status: 503,
        json: { error: { code: 'BUSY', message: 'Two cases are being made', hint: 'Wait.' } },
      }),
    );
    await dialog.getByRole('button', { name: 'Make and save part 1 of 2' }).click();
    await dialog.getByText('Two cases are being made').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('fits a phone, in Chinese as well', async () => {
    const look = {
      token: 'ann',
      path,
      viewport: phone,
      phone: true,
      language: 'zh',
      theme: 'light',
    } as const;
    await using visitor = await Visitor.open(browser, gateway.address, look);
    const { page } = visitor;
    await page.getByRole('button', { name: '应请求提供个人数据…' }).click();
    const dialog = page.getByRole('dialog', { name: '应请求提供个人数据：Ada' });
    const second = dialog.locator('.subject-item').nth(2);
    await second.getByLabel('不提供').first().check();
    await second.getByLabel('理由，供本人阅读').first().waitFor();
    const widths = await dialog.evaluate((element) => {
      const { clientWidth, scrollWidth } = element as unknown as {
        clientWidth: number;
        scrollWidth: number;
      };
      return [clientWidth, scrollWidth];
    });
    assert.ok((widths[1] ?? 999) <= (widths[0] ?? 0), `the dialog is ${widths.join(', ')}`);
    assert.ok((widths[0] ?? 999) <= phone.width);
    await page.screenshot({ path: join(shotsFolder, 'subject-access-phone.png') });
    await dialog.evaluate((element) => {
      (element as unknown as { scrollTop: number }).scrollTop = 0;
    });
    await page.screenshot({ path: join(shotsFolder, 'subject-access-phone-top.png') });
    assert.deepEqual(await findViolations(page), []);
    assert.deepEqual(visitor.complaints, []);
  });

  it('is not there for those without the right', async () => {
    for (const token of ['operator', 'gate']) {
      await using visitor = await Visitor.open(browser, gateway.address, { token, path });
      const { page } = visitor;
      const dialog = page.getByRole('dialog', { name: 'Ada' });
      await dialog.getByText('Brought by Ann').waitFor();
      // The list is known by then, too: its facts are on the page.
      await page.locator('.list-details').waitFor();
      await visitor.settled();
      assert.equal(await dialog.getByRole('button', { name: 'Data on request…' }).count(), 0);
      assert.deepEqual(visitor.complaints, []);
    }
  });
});
