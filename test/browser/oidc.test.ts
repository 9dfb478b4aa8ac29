import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { gatewayWithProvider } from '../support/oidc/gateway-with-provider.ts';

type Options = Parameters<typeof gatewayWithProvider>[1];

async function setUp(t: TestContext, options: Options = {}) {
  const opened = await gatewayWithProvider(t, { gateway: { webRoot }, ...options });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const visit = async (more: Parameters<typeof Visitor.open>[2] = {}) => {
    const visitor = await Visitor.open(browser, opened.gateway.address, {
      viewport: { width: 1280, height: 800 },
      ...more,
    });
    t.after(() => visitor[Symbol.asyncDispose]());
    return visitor;
  };
  return { ...opened, visit };
}

const button = (page: Page) => page.locator('.sign-in a.provider');

/** The provider's own pages: who, then what is told of them. */
async function logInThere(page: Page, login: string): Promise<void> {
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

describe('single sign-on in a browser', { skip: browserMissing, timeout: 300_000 }, () => {
  it('leads to the log-in page of the provider, back to where the visitor was, and out of both', async (t) => {
    const { provider, services, visit, home } = await setUp(t);
    const { page, complaints } = await visit({ path: '#/alerts' });
    assert.equal(await button(page).innerText(), 'Sign in with Site');
    await button(page).click();
    await page.locator('input[name="login"]').waitFor();
    assert.equal(new URL(page.url()).origin, provider.issuer);
    await logInThere(page, 'ann');
    await page.locator('.top').waitFor();
    assert.equal(page.url(), `${home()}#/alerts`);
    assert.deepEqual(
      services.accounts.list().map(({ name, origin }) => [name, origin]),
      [['ann', 'oidc']],
    );
    // A cookie that no script reads, and none left of the way; the provider is on the same host.
    const cookies = (await page.context().cookies(home()))
      .filter(({ name }) => name.startsWith('nightglass'))
      .map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]);
    assert.deepEqual(cookies, [['nightglass_session', true, 'Strict']]);
    await page.reload();
    await page.locator('.top').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await button(page).waitFor();
    assert.equal(new URL(page.url()).origin, new URL(home()).origin);
    // Out there, too: it asks who it is.
    await button(page).click();
    await page.locator('input[name="login"]').waitFor();
    assert.deepEqual(
      complaints.filter((text) => !text.includes('fonts.googleapis.com')),
      [],
    );
  });

  it('says on a page of its own language that there is no access, and lets somebody else sign in', async (t) => {
    const { provider, visit } = await setUp(t);
    provider.people.set('eve', { groups: ['staff'] });
    const { page } = await visit({
      language: 'zh',
      theme: 'light',
      viewport: { width: 390, height: 844 },
    });
    await button(page).click();
    await logInThere(page, 'eve');
    await page.locator('.sign-in .failure').waitFor();
    assert.match(await page.locator('.sign-in .failure').innerText(), /您在此没有访问权限/);
    assert.equal(new URL(page.url()).search, '', 'the reason is gone with the next visit');
    assert.equal(await button(page).innerText(), '以其他身份使用 Site 登录');
    await button(page).click();
    await logInThere(page, 'ann');
    await page.locator('.top').waitFor();
  });

  it('says that the provider is down, and leaves the token', async (t) => {
    const { provider, services, visit } = await setUp(t);
    await provider.close();
    const { page } = await visit();
    await button(page).click();
    await page.locator('.sign-in .failure').waitFor();
    assert.match(await page.locator('.sign-in .failure').innerText(), /does not answer/);
    const { secret } = services.tokens.create({ name: 'desk', role: 'operator' });
    await page.getByRole('button', { name: 'Use a token instead' }).click();
    await page.getByLabel('Access token').fill(secret);
    await page.locator('.sign-in button[type="submit"]').last().click();
    await page.locator('.top').waitFor();
  });
});
