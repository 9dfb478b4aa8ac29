import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne, listOfTwo } from '../support/browser/control-room.ts';
import { browserMissing } from '../support/browser/dashboard-built.ts';
import { EventSocket } from '../support/gateway/event-socket.ts';

describe('what each role sees', { skip: browserMissing, timeout: 900_000 }, () => {
  let room: ControlRoom;
  before(async () => {
    room = await ControlRoom.start();
    await room.enrol(listOfOne.id);
    await room.enrol(listOfTwo.id);
  });
  after(() => room?.[Symbol.asyncDispose]());

  const address = (path: string) => `${room.address}${path}`;

  it('a viewer sees cameras and boxes, and nothing of whom they show', async () => {
    const token = room.token('Guest', 'viewer');
    await using guest = await room.visit({ token, path: '#/wall' });
    const { page } = guest;
    await page.locator('.tile-video[data-playing="true"]').first().waitFor();
    await page.locator('.tile-overlay:not([data-faces="0"])').first().waitFor();
    await room.nextAlert(listOfOne.id);
    assert.deepEqual(
      await page
        .locator('.nav a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
      ['#/wall', '#/system'],
    );
    assert.equal(await page.locator('article.alert, .feed').count(), 0);
    const text = (await page.locator('body').textContent()) ?? '';
    assert.equal(text.includes(room.wanted.name), false);
    for (const path of ['alerts', 'watchlists', 'search', 'review']) {
      await guest.go(`#/${path}`);
      await page.getByText('Your role does not have this page.').waitFor();
    }
    const { id } = await room.nextAlert(listOfOne.id);
    for (const path of [
      '/api/alerts',
      `/api/alerts/${id}`,
      `/api/alerts/${id}/evidence/face`,
      '/api/people',
      '/api/watchlists',
      '/api/audit',
    ]) {
      assert.equal((await room.ask('Guest', path)).status, 403, path);
    }
    assert.deepEqual(guest.complaints, []);
    const socket = await EventSocket.open(address('/ws'), { token });
    socket.send({ type: 'subscribe', topics: ['alerts', 'detections'] });
    const [answer] = [await socket.next(), await socket.next()].slice(1);
    if (answer?.type === 'subscribed') {
      await room.nextAlert(listOfOne.id);
      assert.deepEqual(
        socket.heard.filter(({ type }) => type === 'nightglass.alert.v1'),
        [],
      );
    } else assert.equal(answer?.type, 'error');
    await socket.close();
  });

  it('an operator of one watchlist sees nothing of another, and gives no verdict', async () => {
    const token = room.token('Olga', 'operator', { watchlists: [listOfOne.id] });
    await using olga = await room.visit({ token, path: '#/alerts' });
    const { page } = olga;
    const [own, foreign] = await Promise.all([
      room.nextAlert(listOfOne.id),
      room.nextAlert(listOfTwo.id),
    ]);
    await page.locator(`.row[data-id="${own.id}"]`).waitFor();
    assert.equal(await page.locator(`.row[data-id="${foreign.id}"]`).count(), 0);
    assert.equal(await page.locator('.row', { hasText: listOfTwo.name }).count(), 0);
    await olga.go(`#/alerts/${own.id}`);
    await page.locator('.detail [data-action="acknowledge"]').click();
    await page.locator('.detail[data-state="acknowledged"]').waitFor();
    assert.deepEqual(
      await page
        .locator('.detail .review-row button')
        .evaluateAll((buttons) => buttons.map((button) => button.dataset['action'])),
      ['escalate'],
    );
    await olga.go('#/watchlists');
    assert.deepEqual(await page.locator('.list-card h2').allTextContents(), [listOfOne.name]);
    assert.equal(await page.getByRole('button', { name: 'New watchlist' }).count(), 0);
    await olga.go(`#/watchlists/${listOfTwo.id}`);
    await page.locator('.failure').waitFor();
    assert.equal((await room.ask('Olga', `/api/alerts/${foreign.id}`)).status, 404);
    const confirmed = await room.ask('Olga', `/api/alerts/${own.id}/review`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"confirm"}',
    });
    assert.equal(confirmed.status, 403);
    room.token('Chief', 'admin');
    const audit = await room.ask('Chief', '/api/audit?limit=500');
    const { records } = (await audit.json()) as { records: { who: string; what: string }[] };
    const denied = records.filter(({ what }) => what === 'access.denied').map(({ who }) => who);
    assert.ok(denied.includes('Olga') && denied.includes('Guest'), String(denied));
  });

  it('a session lives in a cookie that no script reads, and ends with the sign-out', async () => {
    const token = room.token('Ada', 'reviewer');
    await using ada = await room.visit({ path: '#/watchlists' });
    const { page, context } = ada;
    await page.getByRole('button', { name: 'Use a token instead' }).click();
    await page.getByLabel('Access token').fill('ng_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.failure').waitFor();
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Ada · reviewer').waitFor();
    const [cookie, ...others] = await context.cookies();
    assert.equal(others.length, 0);
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict']);
    assert.equal(cookie?.value.includes(token), false);
    assert.equal(await page.evaluate('document.cookie'), '');
    const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
    assert.equal(String(kept).includes(token), false);
    // The cookie alone, as another site would make the browser send it, changes nothing.
    const forged = await page.evaluate(
      "fetch('/api/logout', { method: 'POST' }).then(({ status }) => status)",
    );
    assert.equal(forged, 403);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Login name').waitFor();
    await page.reload();
    await page.getByLabel('Login name').waitFor();
    const replayed = await fetch(address('/api/session'), {
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
    });
    assert.equal(replayed.status, 401);
  });
});
