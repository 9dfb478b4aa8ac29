import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { isFirefox } from '../support/gateway/chromium.ts';
import {
  lookAt,
  open,
  patience,
  type Shown,
  shown,
  showSection,
  switchOn,
  until,
  workersOf,
} from '../support/push/device-page.ts';

const skip =
  browserMissing || (isFirefox ? 'pushes are delivered by the protocol of Chromium' : false);
describe('the dashboard as an app', { skip, timeout: 600_000 }, () => {
  for (const basePath of [undefined, '/site/nightglass']) {
    it(`can be installed, with a worker that keeps nothing${basePath ? `, below ${basePath}` : ''}`, async (t) => {
      const { complaints, gateway, page, signIn } = await open(t, basePath);
      await signIn('ann');
      const protocol = await page.context().newCDPSession(page);
      const { url, errors, data } = (await protocol.send('Page.getAppManifest')) as {
        url: string;
        errors: object[];
        data?: string;
      };
      assert.equal(url, `${gateway.address}/manifest.webmanifest`);
      assert.deepEqual(errors, []);
      const manifest = JSON.parse(data ?? '{}');
      for (const { src, sizes, type } of manifest.icons) {
        const answer = await fetch(new URL(src, url));
        assert.equal(answer.headers.get('content-type'), type);
        if (type !== 'image/png') continue;
        const png = Buffer.from(await answer.arrayBuffer());
        assert.equal(sizes, `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, src);
      }
      const { installabilityErrors } = (await protocol.send('Page.getInstallabilityErrors')) as {
        installabilityErrors: { errorId: string }[];
      };
      // This browser has a profile of its own; nothing else may be wrong.
      assert.deepEqual(
        installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
        [],
      );
      const worker = (await page.evaluate(
        `navigator.serviceWorker.ready.then(({ active, scope }) => ({ scope, url: active.scriptURL }))`,
      )) as { scope: string; url: string };
      assert.deepEqual(worker, { scope: `${gateway.address}/`, url: `${gateway.address}/sw.js` });
      // A page that is loaded under the worker comes from the server as before.
      const answers: boolean[] = [];
      page.on('response', (response) => answers.push(response.fromServiceWorker()));
      await page.reload();
      await page.locator('main[data-page]').waitFor();
      assert.ok(answers.length > 3);
      assert.ok(
        answers.every((from) => !from),
        'the worker answers nothing',
      );
      assert.deepEqual(await page.evaluate('caches.keys()'), []);
      assert.deepEqual(
        complaints.filter((text) => !text.includes('401')),
        [],
      );
      const head = await fetch(`${gateway.address}/sw.js`);
      assert.equal(head.headers.get('cache-control'), 'no-store');
    });
  }

  it('switches alerts on after a click, as they are wanted, and tests them', async (t) => {
    const { page, services, signIn } = await open(t, '/site');
    await signIn('ann');
    await showSection(page);
    const name = page.getByLabel('Name of this device');
    assert.equal(await page.evaluate('globalThis.askedWith === undefined'), true);
    await name.fill('Desk');
    await page.getByLabel('Which alerts').selectOption('urgent');
    assert.deepEqual(await findViolations(page), []);
    await page.screenshot({ path: join(shotsFolder, 'device-alerts-off.png') });
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Alerts are on for this device.').waitFor();
    const asked = (await page.evaluate('({ ...globalThis.askedWith })')) as {
      userVisibleOnly: boolean;
      applicationServerKey: string;
    };
    assert.equal(asked.userVisibleOnly, true);
    const [device] = services.onDevices.devices.list();
    assert.deepEqual(
      [device?.owner, device?.name, device?.leastPriority, device?.language],
      ['ann', 'Desk', 'urgent', 'en'],
    );
    await page.getByLabel('Which alerts').selectOption('low');
    await until(
      async () => services.onDevices.devices.list()[0]?.leastPriority,
      (priority) => priority === 'low',
    );
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('A test was sent.', { exact: false }).waitFor();
    for (const [theme, width] of [
      ['dark', 1280],
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      await page.getByText('Alerts are on for this device.').scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(shotsFolder, `device-alerts-${theme}-${width}.png`) });
    }
    assert.deepEqual(await findViolations(page), []);
    assert.match(services.onDevices.sent[0]?.text ?? '', /sent by ann/);
  });

  it('shows what is pushed, opens the alert, and signing out leaves nothing behind', async (t) => {
    const { gateway, page, services, signIn, origin } = await open(t, '/site');
    await signIn('ann');
    await switchOn(page);
    // As the program writes it.
    const alert = {
      ...{ id: '1', tag: 'a', title: 'Alert', text: 'Camera gate: open to look.', language: 'en' },
      ...{ open: '#/alerts/01J', at: Date.now(), urgent: true },
    };
    const workers = await workersOf(page);
    const { registrationId } = workers;
    /** A browser under load may drop what comes for a worker that starts: it comes again. */
    const push = async (data: string, holds: (all: Shown[]) => boolean) => {
      for (let tries = 1; ; tries += 1) {
        await workers.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
        try {
          return await until(() => shown(page), holds, patience.timeout / 6);
        } catch (error) {
          if (tries === 6) throw error;
        }
      }
    };
    const [first] = await push(JSON.stringify(alert), (all) => all.length === 1);
    assert.deepEqual(
      [first?.title, first?.body, first?.data.open],
      ['Alert', 'Camera gate: open to look.', '#/alerts/01J'],
    );
    const again = await push(
      JSON.stringify({ ...alert, id: '2', title: 'Seen again' }),
      ([one]) => one?.title === 'Seen again',
    );
    assert.equal(again.length, 1, 'what is told again of an alert replaces what was told');
    await push('no JSON', (all) => all.some(({ body }) => body === 'Open to look.'));

    // Somebody looks: the page goes there.
    const worker = page
      .context()
      .serviceWorkers()
      .find((each) => each.url() === `${gateway.address}/sw.js`);
    assert.ok(worker);
    const click = (before = '') => worker.evaluate(lookAt(before)) as Promise<string[]>;
    const address = `${gateway.address}/#/alerts/01J`;
    // A browser lets a window be focused or opened after a real click alone.
    const focusable = 'WindowClient.prototype.focus = async function () { return this; };';
    assert.deepEqual(await click(focusable), []);
    await page.waitForURL(address, patience);
    // The page is loaded past the worker, which then does not control it.
    await page.evaluate(`location.hash = '#/'`);
    await workers.send('Page.reload', { ignoreCache: true });
    await page.locator('main[data-page]').waitFor();
    await until(
      () => page.evaluate('navigator.serviceWorker.controller === null'),
      (isPast) => isPast === true,
    );
    await push(JSON.stringify({ ...alert, id: '3' }), (all) =>
      all.some(({ title }) => title === 'Alert'),
    );
    assert.deepEqual(await click(focusable), []);
    await page.waitForURL(address, patience);
    // One that cannot be brought to the front: another is opened.
    await push(JSON.stringify({ ...alert, id: '4' }), (all) =>
      all.some(({ title }) => title === 'Alert'),
    );
    const refusing = `WindowClient.prototype.focus = async () => {
      throw new DOMException('Not allowed to focus a window.', 'InvalidAccessError');
    };`;
    assert.deepEqual(await click(refusing), [address]);

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.locator('.sign-in').waitFor();
    assert.deepEqual(services.onDevices.devices.list(), [], 'who signs out has no device here');
    assert.equal(await page.evaluate(`sessionStorage.getItem('subscribed')`), null);
    assert.deepEqual(await shown(page), []);
  });

  it('ends the alerts of who was at this browser before', async (t) => {
    const { page, services, signIn, gateway } = await open(t);
    await signIn('ann');
    await switchOn(page);
    assert.equal(services.onDevices.devices.list().length, 1);
    // The session ends without a click; somebody else comes.
    await page.context().clearCookies();
    await page.goto(`${gateway.address}/`);
    await page.reload();
    assert.notEqual(await page.evaluate(`sessionStorage.getItem('subscribed')`), null);
    await signIn('bob');
    await until(
      () => page.evaluate(`sessionStorage.getItem('subscribed')`),
      (kept) => kept === null,
    );
  });
});
