import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { gatewayAccess } from '../../src/app/gateway-access.ts';
import { silentLog } from '../../src/domain/log.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';
import { goodPassword } from '../support/services/accounts-in-test.ts';

const phone = { viewport: { width: 390, height: 800 }, theme: 'light', language: 'zh' } as const;

describe('passkeys on the pages', { skip: browserMissing, timeout: 400_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: MemoryServices;
  /** By name: browsers have no passkeys for IP addresses. */
  let home: string;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    services = new MemoryServices();
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, version: '0.0.0', services, webRoot },
      access: gatewayAccess(services, silentLog),
    });
    home = gateway.address.replace('127.0.0.1', 'localhost');
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(shotsFolder, `passkey-${name}.png`), fullPage: true });
  const visit = (options: Parameters<typeof Visitor.open>[2] = {}, address = home) =>
    Visitor.open(browser, address, { viewport: { width: 1280, height: 800 }, ...options });
  async function joined(name: string, rights: object = {}) {
    const { secret } = services.accounts.invite({ name, role: 'operator', ...rights });
    return services.accounts.acceptLink(secret, goodPassword);
  }
  /** A device with passkeys, whose owner is always verified. @returns how many passkeys it has */
  async function device({ context, page }: Visitor) {
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return async () =>
      (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length;
  }
  async function signIn(page: Page, name: string) {
    await page.getByLabel('Login name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(goodPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  const inside = (page: Page) => page.locator('main[data-page]');
  const signOut = async (page: Page) => {
    await page.evaluate(
      "fetch('api/session').then((r) => r.json()).then(({ csrf }) => fetch('api/logout', { method: 'POST', headers: { 'x-csrf-token': csrf } }))",
    );
    await page.goto(`${home}/`);
    await page.reload();
    await page.getByLabel('Login name').waitFor();
  };
  async function clean(page: Page, width: number) {
    assert.deepEqual(await findViolations(page), []);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= width, `the page is ${wide} pixels wide`);
  }

  it('one is added, signs in alone and after the password, and is refused once it is removed', async () => {
    const { id } = await joined('ann');
    await using own = await visit();
    const { page } = own;
    const keysThere = await device(own);
    await page.getByLabel('Login name').waitFor();
    // Nobody has one yet.
    assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
    await signIn(page, 'ann');
    await inside(page).waitFor();
    await page.goto(`${home}/#/account`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Current password').fill(goodPassword);
    await dialog.getByLabel('Name').fill('Desk');
    await clean(page, 1280);
    await shot(page, 'add');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('row').filter({ hasText: 'Desk' }).waitFor();
    await own.settled();
    await clean(page, 1280);
    await shot(page, 'account');
    assert.equal(await keysThere(), 1);
    // The same device makes no second one.
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await dialog.getByLabel('Current password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await dialog.getByText('This device has a passkey of your account already.').waitFor();
    await page.keyboard.press('Escape');

    await signOut(page);
    await clean(page, 1280);
    await shot(page, 'sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await inside(page).waitFor();
    assert.equal(
      services.audited.findLast(({ what }) => what === 'session.started')?.detail?.['by'],
      'passkey',
    );

    await signOut(page);
    await signIn(page, 'ann');
    await page.getByText('Show the passkey of your account.').waitFor();
    await own.settled();
    await clean(page, 1280);
    await shot(page, 'second-step');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await inside(page).waitFor();
    assert.equal(
      services.audited.findLast(({ what }) => what === 'session.started')?.detail?.['by'],
      'password+passkey',
    );

    await page.goto(`${home}/#/account`);
    await page.getByRole('button', { name: 'Remove: Desk' }).click();
    await dialog.getByLabel('Current password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await page.getByText('There is none: the password alone lets in.').waitFor();
    assert.deepEqual(services.factors.list(id), []);
    await signOut(page);
    assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
    assert.equal(await keysThere(), 1);
  });

  it('a removed one is refused, though the device still has it', async () => {
    await joined('cid');
    await joined('dan');
    await using own = await visit();
    await device(own);
    await add(own.page, 'cid');
    await using other = await visit();
    await device(other);
    await add(other.page, 'dan');
    await own.page.getByRole('button', { name: 'Remove: Passkey' }).click();
    await own.page.getByRole('dialog').getByLabel('Current password').fill(goodPassword);
    await own.page.keyboard.press('Enter');
    await own.page.getByText('There is none: the password alone lets in.').waitFor();
    await signOut(own.page);
    await own.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await own.page.getByRole('alert').getByText('The passkey is not right').waitFor();
    await clean(own.page, 1280);
    await shot(own.page, 'refused');
    assert.equal(await inside(own.page).count(), 0);
    await other.page.goto(`${home}/#/account`);
    await other.page.getByRole('row').filter({ hasText: 'Passkey' }).waitFor();
  });

  async function add(page: Page, name: string) {
    await signIn(page, name);
    await inside(page).waitFor();
    await page.goto(`${home}/#/account`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('dialog').getByLabel('Current password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('row').filter({ hasText: 'Passkey' }).waitFor();
  }

  it('where a second factor must be there, a passkey can be the first', async () => {
    services.factorPolicy = ['reviewer'];
    await joined('rita', { role: 'reviewer' });
    await using visitor = await visit(phone);
    await device(visitor);
    const { page } = visitor;
    await page.getByLabel('登录名').fill('rita');
    await page.getByLabel('密码', { exact: true }).fill(goodPassword);
    await shot(page, 'sign-in-phone');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByRole('button', { name: '添加通行密钥' }).waitFor();
    await visitor.settled();
    await clean(page, 390);
    await shot(page, 'first-phone');
    await page.getByRole('button', { name: '添加通行密钥' }).click();
    await page.getByRole('button', { name: '我已保存' }).click();
    await inside(page).waitFor();
    await page.goto(`${home}/#/account`);
    // The session's row names it too, once it is there.
    await page.getByRole('row').filter({ hasText: '通行密钥' }).first().waitFor();
    await visitor.settled();
    await clean(page, 390);
    await shot(page, 'account-phone');
    services.factorPolicy = 'optional';
  });

  it('by an IP address the pages say that there are none', async () => {
    await joined('eve');
    await using visitor = await visit({}, gateway.address);
    const { page } = visitor;
    await page.getByText('Passkeys need a host name').waitFor();
    await clean(page, 1280);
    await shot(page, 'address');
    await signIn(page, 'eve');
    await inside(page).waitFor();
    await page.goto(`${gateway.address}/#/account`);
    await page.getByText('Passkeys need a host name').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0);
    await clean(page, 1280);
  });
});
