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

const other = 'quite another phrase';
const phone = { viewport: { width: 390, height: 800 }, theme: 'light', language: 'zh' } as const;

describe('users on their pages', { skip: browserMissing, timeout: 400_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: MemoryServices;
  let start = '';

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
    services = new MemoryServices();
    services.cameraViews = ['gate', 'yard'].map((id) => ({
      ...{ id, name: `The ${id}`, motion: 'unwatched', preview: false },
      status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
    }));
    services.addList('list-1', { name: 'Missing people' });
    start = services.tokens.create({ name: 'start', role: 'admin' }).secret;
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
    page.screenshot({ path: join(shotsFolder, `users-${name}.png`), fullPage: true });
  const visit = (options: Parameters<typeof Visitor.open>[2] = {}) =>
    Visitor.open(browser, gateway.address, { viewport: { width: 1280, height: 800 }, ...options });
  const invited = (name: string, rights: object = {}) =>
    services.accounts.invite({ name, role: 'operator', ...rights }, { name: 'start' });
  async function joined(name: string, rights: object = {}) {
    const { secret } = invited(name, rights);
    await services.accounts.acceptLink(secret, goodPassword);
  }
  async function signIn(page: Page, name: string, password = goodPassword) {
    await page.getByLabel('Login name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  async function fits(page: Page, width: number) {
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= width, `the page is ${wide} pixels wide`);
  }

  it('the start token invites the first administrator, who comes in by the link', async () => {
    await using first = await visit({ token: start, path: '#/system' });
    await first.page.getByRole('link', { name: 'Users and tokens' }).click();
    await first.page.getByText('There are no accounts yet.').waitFor();
    await first.page.getByRole('button', { name: 'Invite' }).click();
    await first.page.getByLabel('Login name').fill('Maria.Garcia');
    await first.page.getByLabel('Called').fill('María García');
    await first.page.getByLabel('Role').selectOption('admin');
    await first.settled();
    assert.deepEqual(await findViolations(first.page), []);
    await shot(first.page, 'invite');
    await first.page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    const link = await first.page.getByLabel('Link', { exact: true }).inputValue();
    assert.match(link, /\/#\/join\/ngl_[\w-]{43}$/);
    await shot(first.page, 'link');
    assert.deepEqual(await findViolations(first.page), []);

    await using maria = await visit({ path: link.slice(link.indexOf('#')) });
    await maria.page.getByText('Welcome, María García').waitFor();
    assert.deepEqual(await findViolations(maria.page), []);
    await shot(maria.page, 'join');
    const chosen = maria.page.getByLabel('New password');
    await chosen.fill('maria.garcia-2026');
    await maria.page.getByRole('button', { name: 'Choose this password' }).click();
    await maria.page.getByText(/guessed first/).waitFor();
    await chosen.fill(goodPassword);
    await maria.page.getByRole('button', { name: 'Choose this password' }).click();
    await maria.page.getByRole('link', { name: 'María García · administrator' }).waitFor();
    assert.match(maria.page.url(), /#\/wall$/);
    assert.deepEqual(maria.complaints.splice(0), ['400 POST /api/invitations/accept']);
    await maria.go('#/users');
    await maria.page.getByRole('rowheader', { name: 'María García maria.garcia' }).waitFor();

    await using again = await visit({ path: link.slice(link.indexOf('#')) });
    await again.page.getByText(/was used, or is over/).waitFor();
    await again.page.getByRole('button', { name: 'To the sign-in' }).click();
    await signIn(again.page, 'maria.garcia', 'a wrong guess');
    await again.page.getByText('The name or the password is not right').waitFor();
    await shot(again.page, 'sign-in');
    assert.deepEqual(await findViolations(again.page), []);
    await signIn(again.page, 'maria.garcia');
    await again.page.getByRole('link', { name: 'María García · administrator' }).waitFor();
  });

  it('an administrator changes, disables, resets, removes, and ends sessions', async () => {
    await joined('chief', { role: 'admin', displayName: 'Chief' });
    await joined('bob', { displayName: 'Bob' });
    await using bob = await visit();
    await signIn(bob.page, 'bob');
    await bob.page.getByRole('link', { name: 'Bob · operator' }).waitFor();
    await using chief = await visit();
    await signIn(chief.page, 'chief');
    await chief.page.getByRole('link', { name: 'Chief · administrator' }).waitFor();
    await chief.go('#/users');
    const { page } = chief;
    const row = page.getByRole('row', { name: /^Bob/ });

    await page.getByRole('button', { name: 'Change: bob' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('all cameras').uncheck();
    await dialog.getByLabel('The gate').check();
    await dialog.getByLabel('Role').selectOption('reviewer');
    await shot(page, 'change');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('reviewer').waitFor();
    await row.getByText('The gate · all watchlists').waitFor();
    await page.getByRole('button', { name: '1: Sessions of bob' }).click();
    await dialog.getByRole('rowheader', { name: /Chrome \d+, Linux/ }).waitFor();
    await shot(page, 'sessions');
    assert.deepEqual(await findViolations(page), []);
    await dialog.getByRole('button', { name: /End the session of/ }).click();
    await dialog.getByText('There are no open sessions.').waitFor();
    await bob.page.getByText('The session has ended. Sign in again.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Disable: bob' }).click();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await row.getByText('disabled').waitFor();
    await signIn(bob.page, 'bob');
    await bob.page.getByText('The name or the password is not right').waitFor();
    await page.getByRole('button', { name: 'Enable: bob' }).click();
    await row.getByText('active', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Reset password: bob' }).click();
    await dialog.getByRole('button', { name: 'Reset password' }).click();
    const link = await page.getByLabel('Link', { exact: true }).inputValue();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await row.getByText('no password yet').waitFor();
    await services.accounts.acceptLink(link.slice(link.lastIndexOf('/') + 1), other);
    await chief.settled();
    await shot(page, 'dark');
    assert.deepEqual(await findViolations(page), []);
    await fits(page, 1280);

    await page.getByRole('button', { name: 'Remove: bob' }).click();
    await dialog.getByLabel(/Type/).fill('bob');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    assert.deepEqual(chief.complaints, []);
  });

  it('tokens are made, shown once and revoked', async () => {
    await joined('keeper', { role: 'admin' });
    await using keeper = await visit({ theme: 'light' });
    await signIn(keeper.page, 'keeper');
    await keeper.page.getByRole('link', { name: 'keeper · administrator' }).waitFor();
    await keeper.go('#/users');
    const { page } = keeper;
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Token').fill('prometheus');
    await dialog.getByLabel('Days until it ends').fill('90');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const secret = await dialog.getByLabel('Secret of the token').inputValue();
    assert.match(secret, /^ng_[\w-]{43}$/);
    await dialog.getByRole('button', { name: 'Close' }).click();
    const asked = () =>
      fetch(`${gateway.address}/api/session`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await asked()).status, 200);
    await page.getByRole('row', { name: /^prometheus viewer.*keeper/ }).waitFor();
    assert.ok(!(await page.content()).includes(secret));
    await keeper.settled();
    await shot(page, 'light');
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('button', { name: 'Revoke the token prometheus?' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('row', { name: /^prometheus/ }).waitFor({ state: 'detached' });
    assert.equal((await asked()).status, 401);
    assert.deepEqual(keeper.complaints, []);
  });

  it('everybody changes their password and ends their sessions', async () => {
    await joined('ann', { displayName: 'Ann' });
    await using elsewhere = await visit();
    await signIn(elsewhere.page, 'ann');
    await elsewhere.page.getByRole('link', { name: 'Ann · operator' }).waitFor();
    await using ann = await visit();
    await signIn(ann.page, 'ann');
    await ann.page.getByRole('link', { name: 'Ann · operator' }).click();
    const { page } = ann;
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    await page.getByText('this one').waitFor();
    await ann.settled();
    await shot(page, 'account');
    assert.deepEqual(await findViolations(page), []);
    await page.getByLabel('Current password').fill('not this');
    await page.getByLabel('New password').fill(other);
    const change = page.getByRole('button', { name: 'Change the password' });
    await change.click();
    await page.getByText(/the current one is not right/).waitFor();
    await page.getByLabel('Current password').fill(goodPassword);
    await change.click();
    await elsewhere.page.getByText('The session has ended. Sign in again.').waitFor();
    await page.getByText('this one').waitFor();
    await page.getByRole('row', { name: /this one/ }).waitFor();
    assert.equal(services.accounts.named('ann').credentials, 2);
    assert.deepEqual(ann.complaints, ['403 POST /api/account/password']);
  });

  it('fits a phone, in Chinese', async () => {
    await joined('dee', { role: 'admin', displayName: 'Dee' });
    invited('eve', { displayName: 'Maximiliane Freifrau von Beispiel-Musterhausen' });
    await using dee = await visit(phone);
    const { page } = dee;
    await page.getByLabel('登录名').fill('dee');
    await page.getByLabel('密码', { exact: true }).fill(goodPassword);
    await shot(page, 'phone-sign-in');
    await fits(page, 390);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.locator('main[data-page="wall"]').waitFor();
    for (const name of ['users', 'account']) {
      await dee.go(`#/${name}`);
      await fits(page, 390);
      await shot(page, `phone-${name}`);
      assert.deepEqual(await findViolations(page), []);
    }
    assert.deepEqual(dee.complaints, []);
  });
});
