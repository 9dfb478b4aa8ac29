import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { createGateway } from '../../src/gateway/gateway.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { isFirefox, openBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';
import { browserKeys } from '../support/push/push-service-double.ts';

const skip =
  browserMissing || (isFirefox ? 'pushes are delivered by the protocol of Chromium' : false);
const patience = { timeout: 90_000 };

/** No push service is reached from here: the browser's own answer is replaced, all else is real. */
const subscription = (endpoint: string) => {
  const { auth, p256dh } = browserKeys();
  const json = JSON.stringify({ endpoint, keys: { p256dh, auth } });
  return `(() => {
    let current = JSON.parse(sessionStorage.getItem('subscribed') ?? 'null');
    const made = () => current && {
      ...current,
      toJSON: () => current,
      unsubscribe: async () => { current = null; sessionStorage.removeItem('subscribed'); return true; },
    };
    PushManager.prototype.getSubscription = async () => made();
    PushManager.prototype.subscribe = async (options) => {
      globalThis.askedWith = options;
      current = ${json};
      sessionStorage.setItem('subscribed', JSON.stringify(current));
      return made();
    };
  })()`;
};

async function open(t: TestContext, basePath?: string) {
  mkdirSync(shotsFolder, { recursive: true });
  const services = new MemoryServices();
  const gateway = await createGateway({
    ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, services, version: '0.0.0', webRoot },
    ...(basePath === undefined ? {} : { basePath }),
    access: new FakeAccess({ ann: { role: 'admin' }, bob: { role: 'operator' } }),
  });
  t.after(() => gateway.close());
  const browser = await openBrowser({ width: 1280, height: 800 });
  t.after(() => browser.close());
  const { context } = browser;
  context.setDefaultTimeout(patience.timeout);
  const { origin } = new URL(gateway.address);
  await context.grantPermissions(['notifications'], { origin });
  await context.addInitScript(subscription('https://push.example.org/1'));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  const signIn = async (token: string) => {
    const answer = await context.request.post(`${gateway.address}/api/login`, { data: { token } });
    assert.ok(answer.ok());
    await page.reload();
    await page.locator('main[data-page]').waitFor();
  };
  await page.goto(`${gateway.address}/`);
  return { services, gateway, page, context, complaints, signIn, origin };
}

/** The browser's protocol for what a push service and the system do. */
async function workersOf(page: Page): Promise<CDPSession & { registrationId: string }> {
  const protocol = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    protocol.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    });
  });
  await protocol.send('ServiceWorker.enable');
  return Object.assign(protocol, { registrationId: await registered });
}

const shown = (page: Page) =>
  page.evaluate(`navigator.serviceWorker.ready.then(async (registration) =>
    (await registration.getNotifications()).map(({ title, body, tag, data, lang }) =>
      ({ title, body, tag, data, lang })))`) as Promise<
    { title: string; body: string; tag: string; data: { open: string }; lang: string }[]
  >;

async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + patience.timeout; ; ) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(value)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function showSection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Display' }).click();
  await page.getByText('Alerts on this device').click();
  await page.getByLabel('Name of this device').waitFor();
}

async function switchOn(page: Page): Promise<void> {
  await showSection(page);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('Alerts are on for this device.').waitFor();
}

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
    const push = (data: string) =>
      workers.send('ServiceWorker.deliverPushMessage', {
        ...{ origin, registrationId: workers.registrationId, data },
      });
    await push(JSON.stringify(alert));
    const [first] = await until(
      () => shown(page),
      (all) => all.length === 1,
    );
    assert.deepEqual(
      [first?.title, first?.body, first?.data.open],
      ['Alert', 'Camera gate: open to look.', '#/alerts/01J'],
    );
    await push(JSON.stringify({ ...alert, id: '2', title: 'Seen again' }));
    const again = await until(
      () => shown(page),
      ([one]) => one?.title === 'Seen again',
    );
    assert.equal(again.length, 1, 'what is told again of an alert replaces what was told');
    await push('no JSON');
    await until(
      () => shown(page),
      (all) => all.some(({ body }) => body === 'Open to look.'),
    );

    // Somebody looks: the page goes there.
    const worker = page
      .context()
      .serviceWorkers()
      .find((each) => each.url() === `${gateway.address}/sw.js`);
    assert.ok(worker);
    await worker.evaluate(`(async () => {
      const [notification] = await self.registration.getNotifications({ tag: 'a' });
      self.clients.openWindow = async () => undefined;
      WindowClient.prototype.focus = async function () { return this; };
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    })()`);
    await page.waitForURL(`${gateway.address}/#/alerts/01J`, patience);

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
