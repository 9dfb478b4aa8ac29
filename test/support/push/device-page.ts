import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { shotsFolder, webRoot } from '../browser/dashboard-built.ts';
import { openBrowser } from '../gateway/chromium.ts';
import { FakeAccess } from '../gateway/fake-access.ts';
import { MemoryServices } from '../gateway/memory-services.ts';
import { browserKeys } from './push-service-double.ts';

export const patience = { timeout: 90_000 };

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

/** The page of a gateway of the test's own, with a browser in which notifications are allowed. */
export async function open(t: TestContext, basePath?: string) {
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
export async function workersOf(page: Page): Promise<CDPSession & { registrationId: string }> {
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

export interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly data: { readonly open: string };
  readonly lang: string;
}

/** What the browser shows at present. */
export const shown = (page: Page) =>
  page.evaluate(`navigator.serviceWorker.ready.then(async (registration) =>
    (await registration.getNotifications()).map(({ title, body, tag, data, lang }) =>
      ({ title, body, tag, data, lang })))`) as Promise<Shown[]>;

/** Waits for what comes by the browser's own ways. */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
  patienceMs = patience.timeout,
): Promise<T> {
  for (const end = Date.now() + patienceMs; ; ) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(value)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Opens the section of one's own devices. */
export async function showSection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Display' }).click();
  await page.getByText('Alerts on this device').click();
  await page.getByLabel('Name of this device').waitFor();
}

/** Asks for alerts on this device. */
export async function switchOn(page: Page): Promise<void> {
  await showSection(page);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('Alerts are on for this device.').waitFor();
}

/** Somebody looks at what is shown of the alert. @returns the windows that were opened */
export const lookAt = (before: string) => `(async () => {
  ${before}
  const opened = [];
  self.clients.openWindow = async (address) => void opened.push(address);
  const [notification] = await self.registration.getNotifications({ tag: 'a' });
  const event = new NotificationEvent('notificationclick', { notification });
  let work;
  // A browser keeps the worker for its own events alone: this one is waited for here.
  event.waitUntil = (promise) => { work = promise; };
  self.dispatchEvent(event);
  await work;
  return opened;
})()`;
