import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TOTP } from 'otpauth';
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

describe('second factors on the pages', { skip: browserMissing, timeout: 400_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: MemoryServices;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    services = new MemoryServices();
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, version: '0.0.0', services, webRoot },
      access: gatewayAccess(services, silentLog),
    });
  });
  after(async () => {
    await gateway?.close();
    await browser?.close();
  });

  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(shotsFolder, `factor-${name}.png`), fullPage: true });
  const visit = (options: Parameters<typeof Visitor.open>[2] = {}) =>
    Visitor.open(browser, gateway.address, { viewport: { width: 1280, height: 800 }, ...options });
  async function joined(name: string, rights: object = {}) {
    const { secret } = services.accounts.invite({ name, role: 'operator', ...rights });
    return services.accounts.acceptLink(secret, goodPassword);
  }
  async function signIn(page: Page, name: string, language: 'en' | 'zh' = 'en') {
    await page.getByLabel(language === 'en' ? 'Login name' : '登录名').fill(name);
    const password = language === 'en' ? 'Password' : '密码';
    await page.getByLabel(password, { exact: true }).fill(goodPassword);
    const button = language === 'en' ? 'Sign in' : '登录';
    await page.getByRole('button', { name: button, exact: true }).click();
  }
  /** What the app shows for a secret that the page shows; each code counts once. */
  const codeOf = (secret: string) => {
    services.later += 30_000;
    return new TOTP({ secret: secret.replaceAll(' ', '') }).generate({
      timestamp: Date.now() + services.later,
    });
  };
  /** Nobody is in before a second factor is there. */
  const inside = (page: Page) => page.locator('main[data-page]');
  async function clean(page: Page, width: number) {
    assert.deepEqual(await findViolations(page), []);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= width, `the page is ${wide} pixels wide`);
  }

  it('an authenticator is added on the account’s page, and asked for at the next sign-in', async () => {
    await joined('ann');
    await using own = await visit();
    const { page } = own;
    await signIn(page, 'ann');
    await inside(page).waitFor();
    await page.goto(`${gateway.address}/#/account`);
    await page.getByText('There is none: the password alone lets in.').waitFor();
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Current password').fill('not the password');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Current password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await dialog.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor();
    await own.settled();
    await clean(page, 1280);
    await shot(page, 'enrol');
    const secret = (await dialog.locator('.factor-secret').textContent()) ?? '';
    await dialog.getByLabel('Code', { exact: true }).fill('000000');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Code', { exact: true }).fill(codeOf(secret));
    await page.keyboard.press('Enter');
    await dialog.getByText('I have kept them').waitFor();
    const codes = await dialog.getByRole('listitem').allTextContents();
    assert.equal(codes.length, 10);
    await clean(page, 1280);
    await shot(page, 'codes');
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('Recovery codes that are left: 10').waitFor();
    await own.settled();
    await clean(page, 1280);
    await shot(page, 'account');

    await using next = await visit();
    await signIn(next.page, 'ann');
    const field = next.page.getByLabel('Code', { exact: true });
    await field.waitFor();
    assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
    assert.equal(await next.page.locator(':focus').getAttribute('autocomplete'), 'one-time-code');
    assert.equal(await inside(next.page).count(), 0);
    await clean(next.page, 1280);
    await field.fill('000000');
    await next.page.keyboard.press('Enter');
    await next.page.getByText('The code is not right, or was used already.').waitFor();
    await shot(next.page, 'second-step');
    await field.fill(codeOf(secret));
    await next.page.keyboard.press('Enter');
    await inside(next.page).waitFor();

    await using lost = await visit(phone);
    await signIn(lost.page, 'ann', 'zh');
    await lost.page.getByRole('button', { name: '使用恢复码' }).click();
    await lost.page.getByLabel('恢复码').fill(codes[0]?.toUpperCase() ?? '');
    await clean(lost.page, 390);
    await shot(lost.page, 'recovery-phone');
    await lost.page.keyboard.press('Enter');
    await inside(lost.page).waitFor();
    await lost.page.goto(`${gateway.address}/#/account`);
    await lost.page.getByText('剩余恢复码：9').waitFor();
    await lost.settled();
    await clean(lost.page, 390);
    await shot(lost.page, 'account-phone');
    await lost.page.getByRole('button', { name: '生成新的恢复码' }).click();
    await lost.page.getByRole('dialog').getByLabel('当前密码').fill(goodPassword);
    await lost.page.keyboard.press('Enter');
    await lost.page.getByRole('dialog').getByText('我已保存').waitFor();
    await clean(lost.page, 390);
    await shot(lost.page, 'codes-phone');
  });

  it('where one must be there, it is added before anything is shown', async () => {
    services.factorPolicy = ['reviewer'];
    await joined('rita', { role: 'reviewer' });
    await using visitor = await visit(phone);
    const { page } = visitor;
    await signIn(page, 'rita', 'zh');
    await page.getByText('您的账户必须启用第二重验证').waitFor();
    const secret = (await page.locator('.factor-secret').textContent()) ?? '';
    await visitor.settled();
    await clean(page, 390);
    await shot(page, 'first-phone');
    await page.getByLabel('验证码', { exact: true }).fill(codeOf(secret));
    await page.keyboard.press('Enter');
    await page.getByText('我已保存').waitFor();
    assert.equal(await inside(page).count(), 0);
    await clean(page, 390);
    await page.getByRole('button', { name: '我已保存' }).click();
    await inside(page).waitFor();
    services.factorPolicy = 'optional';
  });

  it('an administrator sees who has one, and takes it away from whoever has lost it', async () => {
    await joined('boss', { role: 'admin' });
    await using visitor = await visit();
    const { page } = visitor;
    await signIn(page, 'boss');
    await inside(page).waitFor();
    await page.goto(`${gateway.address}/#/users`);
    const row = page.getByRole('row').filter({ hasText: 'rita' });
    await row.getByText('authenticator app').waitFor();
    await visitor.settled();
    await clean(page, 1280);
    await shot(page, 'users');
    await row.getByRole('button', { name: 'Remove second factors' }).click();
    await clean(page, 1280);
    await shot(page, 'reset');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove second factors' }).click();
    await row.getByText('authenticator app').waitFor({ state: 'detached' });
    await using free = await visit();
    await signIn(free.page, 'rita');
    await inside(free.page).waitFor();
  });
});
