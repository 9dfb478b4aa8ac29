import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ControlRoom, listOfOne, listOfTwo } from '../support/browser/control-room.ts';
import { CuttableProxy } from '../support/browser/cuttable-proxy.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';

/** From the alert's publication until it is on the screen. */
const aimMs = 1000;

/** Notes when each alert's card was first drawn, on the wall clock. */
const noteCards = `
  globalThis.cardsAt = {};
  new MutationObserver(() => {
    for (const card of document.querySelectorAll('article.alert h3[id^="alert-"]')) {
      const id = card.id.slice(6);
      if (id in cardsAt) continue;
      cardsAt[id] = null;
      requestAnimationFrame(() => setTimeout(() => { cardsAt[id] = performance.timeOrigin + performance.now(); }));
    }
  }).observe(document, { childList: true, subtree: true });
`;

/** When the alert's card was drawn, Unix milliseconds; NaN if that is not noted within half a minute. */
async function drawnAt(page: Page, id: string): Promise<number> {
  for (let tried = 0; tried < 600; tried += 1) {
    const at = (await page.evaluate(`cardsAt[${JSON.stringify(id)}] ?? null`)) as number | null;
    if (at !== null) return at;
    await page.waitForTimeout(50);
  }
  return Number.NaN;
}

const state = (page: Page, name: string) => page.locator(`.detail[data-state="${name}"]`).waitFor();
const act = (page: Page, action: string) =>
  page.locator(`.detail .review-row [data-action="${action}"]`).click();
/**
 * Confirms until it is done: where the alert got a better picture meanwhile, the page shows that
 * first and asks again.
 */
async function confirm(page: Page, done: Locator): Promise<void> {
  const changed = page.locator('.detail .review .failure');
  for (let times = 0; times < 5; times += 1) {
    await act(page, 'confirm');
    await done.or(changed).first().waitFor();
    if (await done.isVisible()) return;
  }
  await done.waitFor();
}
const historyOf = (page: Page) => page.locator('.history li', { hasText: 'confirmed' });

describe('the control room on the real pipeline', {
  skip: browserMissing,
  timeout: 900_000,
}, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start();
    await room.enrol(listOfOne.id);
    await room.enrol(listOfTwo.id);
  });
  after(() => room?.[Symbol.asyncDispose]());

  const visit = (name: string, path: string) =>
    room.visit({ token: room.token(name, 'reviewer'), path });

  it('shows an alert within a second of its publication, without being loaded anew', async (t) => {
    await using ada = await visit('Ada', '#/wall');
    await ada.page.locator('main[data-page="wall"]').waitFor();
    await ada.page.evaluate(noteCards);
    const published = new Map<string, number>();
    const heard = room.live.nightglass.services.alerts$.subscribe(({ change, alert }) => {
      const at = performance.timeOrigin + performance.now();
      if (change === 'created') published.set(alert.id, at);
    });
    const latencies: number[] = [];
    const median = () => latencies.toSorted((x, y) => x - y)[latencies.length >> 1] ?? aimMs;
    // A machine that is busy with other things gets three attempts; the median counts.
    for (let round = 0; round < 3 && median() >= aimMs; round += 1) {
      const alerts = await Promise.all([
        room.nextAlert(listOfOne.id),
        room.nextAlert(listOfTwo.id),
      ]);
      for (const { id } of alerts) {
        await ada.page.locator(`[id="alert-${id}"]`).waitFor();
        const drawn = await drawnAt(ada.page, id);
        latencies.push(drawn - (published.get(id) ?? Number.NaN));
      }
    }
    heard.unsubscribe();
    t.diagnostic(`published to drawn: ${latencies.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`);
    assert.ok(median() < aimMs, String(latencies));
    // Original, enrolled, and the enhanced one marked as what it is.
    const card = ada.page.locator('article.alert').first();
    for (const kind of ['face', 'enrolled']) {
      await card.locator(`img[data-kind="${kind}"]`).first().waitFor();
    }
    await ada.page.screenshot({ path: join(shotsFolder, 'live-alert.png') });
    assert.deepEqual(ada.complaints, []);
    assert.deepEqual(ada.foreignHosts, []);
  });

  it('takes an acknowledgement and a dismissal with its reason, and tells who else looks', async () => {
    const { id } = await room.nextAlert(listOfOne.id);
    await using ada = await visit('Ada', `#/alerts/${id}`);
    await using ben = await visit('Ben', `#/alerts/${id}`);
    await Promise.all([state(ada.page, 'new'), state(ben.page, 'new')]);
    await act(ada.page, 'acknowledge');
    // The other one sees it without doing anything.
    await Promise.all([state(ada.page, 'acknowledged'), state(ben.page, 'acknowledged')]);
    await act(ben.page, 'dismiss');
    const submit = ben.page.locator('form.dismiss [type=submit]');
    assert.ok(await submit.isDisabled(), 'a dismissal without a reason');
    await ben.page.locator('form.dismiss input').fill('Taller, another gait');
    await submit.click();
    await Promise.all([state(ada.page, 'dismissed'), state(ben.page, 'dismissed')]);
    const record = await room.live.nightglass.services.alerts.find(id, 'test');
    assert.deepEqual(
      record?.reviews.map(({ reviewer, action, reason }) => [reviewer, action, reason]),
      [
        ['Ada', 'acknowledge', ''],
        ['Ben', 'dismiss', 'Taller, another gait'],
      ],
    );
    await ben.page.locator('.history q', { hasText: 'Taller, another gait' }).waitFor();
    assert.equal(await ben.page.locator('.detail .review-row button').count(), 0);
  });

  it('asks a second person, who sees no scores, before an alert of two is confirmed', async () => {
    const { id } = await room.nextAlert(listOfTwo.id);
    await using ada = await visit('Ada', `#/alerts/${id}`);
    await using ben = await visit('Ben', `#/alerts/${id}`);
    await state(ada.page, 'new');
    await act(ada.page, 'acknowledge');
    await state(ada.page, 'acknowledged');
    await confirm(ada.page, historyOf(ada.page));
    await state(ada.page, 'acknowledged');
    // The second one opens it after the first verdict: by the pictures alone.
    await ben.page.reload();
    await ben.page.locator('.blind').waitFor();
    const text = (await ben.page.locator('.detail').textContent()) ?? '';
    assert.match(text, /hidden from the second reviewer/);
    assert.doesNotMatch(text, /Fused|Gate|FPIR/);
    assert.equal(await ben.page.locator('.score-value').count(), 0);
    await ben.page.screenshot({ path: join(shotsFolder, 'second-review.png') });
    await confirm(ben.page, ben.page.locator('.detail[data-state="confirmed"]'));
    await Promise.all([state(ada.page, 'confirmed'), state(ben.page, 'confirmed')]);
    await ben.page.locator('.detail .match-figures summary').click();
    await ben.page.locator('.detail .score-value').first().waitFor();
    const record = await room.live.nightglass.services.alerts.find(id, 'test');
    assert.equal(record?.alert.state, 'confirmed');
    assert.deepEqual([...(record?.review.voters ?? [])].sort(), ['Ada', 'Ben']);
  });

  it('does not let one person give both verdicts', async () => {
    const { id } = await room.nextAlert(listOfTwo.id);
    await using ada = await visit('Ada', `#/alerts/${id}`);
    await state(ada.page, 'new');
    await act(ada.page, 'acknowledge');
    await state(ada.page, 'acknowledged');
    await confirm(ada.page, historyOf(ada.page));
    const again = ada.page.locator('.detail .review-row [data-action="confirm"]');
    if ((await again.count()) > 0) await again.click();
    const record = await room.live.nightglass.services.alerts.find(id, 'test');
    assert.equal(record?.alert.state, 'acknowledged');
    assert.deepEqual(record?.review.voters, ['Ada']);
  });

  it('loses its socket and comes back, without an alert missed or doubled', async () => {
    await using wire = await CuttableProxy.start(room.address);
    await using ada = await Visitor.open(room.browser, wire.address, {
      token: room.token('Ada', 'reviewer'),
      path: '#/wall',
    });
    const { page } = ada;
    const before = await room.nextAlert(listOfOne.id);
    await page.locator(`[id="alert-${before.id}"]`).waitFor();
    wire.cut();
    await page.locator('.top .chip[data-tone="bad"]').waitFor();
    await page.locator('.faults').waitFor();
    await page.screenshot({ path: join(shotsFolder, 'connection-lost.png') });
    const meanwhile = await room.nextAlert(listOfOne.id);
    assert.equal(await page.locator(`[id="alert-${meanwhile.id}"]`).count(), 0);
    wire.mend();
    await page.locator(`[id="alert-${meanwhile.id}"]`).waitFor();
    await page.locator('.top .chip[data-tone="good"]').waitFor();
    const after = await room.nextAlert(listOfOne.id);
    await page.locator(`[id="alert-${after.id}"]`).waitFor();
    const shown = await page
      .locator('article.alert h3[id^="alert-"]')
      .evaluateAll((titles) => titles.map(({ id }) => id.slice('alert-'.length)));
    assert.equal(new Set(shown).size, shown.length, 'an alert stands there twice');
    const answer = await room.ask('Ada', '/api/alerts?limit=100');
    const { alerts } = (await answer.json()) as { alerts: { id: string; state: string }[] };
    const open = alerts.filter(({ state }) => state !== 'confirmed' && state !== 'dismissed');
    // Newer ones may have come since; the wall shows the newest twenty.
    const expected = open.map(({ id }) => id).filter((id) => id <= after.id);
    const old = shown.filter((id) => id <= after.id);
    assert.ok(
      [before, meanwhile, after].every(({ id }) => old.includes(id)),
      String(old),
    );
    assert.deepEqual(old.toSorted(), expected.slice(0, old.length).toSorted());
    // The browser itself reports requests that found no server; nothing else may be wrong.
    assert.deepEqual(
      ada.complaints.filter((text) => !/ERR_|WebSocket connection/.test(text)),
      [],
    );
  });
});
