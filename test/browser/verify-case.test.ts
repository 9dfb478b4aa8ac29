import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { evidenceKeyIn } from '../../src/store/evidence-key.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { openGateway } from '../support/gateway/open-gateway.ts';
import { archiveOf, exportedCase, filesOf } from '../support/services/exported-case.ts';

const file = join(webRoot, 'verify-case.html');
const skip =
  browserMissing || (existsSync(file) ? false : 'the page is not built: npm run build:web');

describe('the page that verifies a case', { skip, timeout: 600_000 }, () => {
  let browser: Browser;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  /** The page, without a network. @param address of its file where left out */
  async function open(t: TestContext, address = pathToFileURL(file).href, locale = 'en-GB') {
    const context = await browser.newContext({ locale, viewport: { width: 900, height: 1100 } });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    await context.setOffline(true);
    return { page, complaints };
  }

  /** What the page says of an archive. */
  async function verdictOn(page: Page, archive: Buffer): Promise<string> {
    // Choosing another file takes what is shown away at once.
    await page.locator('#file').setInputFiles([]);
    await page.locator('.verdict').waitFor({ state: 'detached' });
    const name = 'case.zip';
    await page
      .locator('#file')
      .setInputFiles({ name, mimeType: 'application/zip', buffer: archive });
    const verdict = page.locator('.verdict');
    await verdict.waitFor();
    return (await verdict.textContent()) ?? '';
  }

  it('finds a case sound from its file alone, and any changed file broken', async (t) => {
    const { archive, dataDir, manifest } = await exportedCase(t);
    const { page, complaints } = await open(t);
    const sound = await verdictOn(page, archive);
    for (const said of ['Sound', manifest.caseId, 'asked by police', manifest.key, 'its own']) {
      assert.ok(sound.includes(said), `${said} in ${sound}`);
    }
    await page.locator('#key').fill(evidenceKeyIn(dataDir).publicPem);
    await page.getByText('the one that you gave').waitFor();
    await page.locator('#key').fill('nothing');
    await page.getByText('This is no public key').waitFor();
    await page.locator('#key').fill('');
    await page.locator('.verdict[data-ok="true"]').waitFor();

    const files = await filesOf(archive);
    for (const [path, bytes] of files) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = await archiveOf(new Map(files).set(path, flipped));
      assert.match(await verdictOn(page, changed), /^Broken/, path);
    }
    for (const at of [30, 2_000, archive.length - 40]) {
      const flipped = Buffer.from(archive);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      assert.match(await verdictOn(page, flipped), /^Broken/, `byte ${at} of the archive`);
    }
    const without = new Map(files);
    without.delete('case.json');
    assert.match(await verdictOn(page, await archiveOf(without)), /case\.json: it is missing/);
    const more = await archiveOf(new Map(files).set('more.txt', Buffer.of(1)));
    assert.match(await verdictOn(page, more), /more\.txt: it is not in the manifest/);
    assert.match(await verdictOn(page, Buffer.from('no archive')), /no whole zip archive/);
    assert.deepEqual(complaints, []);
    await verdictOn(page, archive);
    await page.screenshot({ path: join(shotsFolder, 'verify-case.png'), fullPage: true });
  });

  it('asks the one key that was given, and does without the browser’s own signatures', async (t) => {
    const { archive } = await exportedCase(t);
    const other = await exportedCase(t);
    const { page } = await open(t);
    const pem = evidenceKeyIn(other.dataDir).publicPem;
    await page.locator('#key').fill(pem);
    assert.match(await verdictOn(page, archive), /another key/);
    assert.match(await verdictOn(page, other.archive), /^Sound/);
    // As on a page that came over plain HTTP, and in browsers that do not know Ed25519.
    await page.evaluate('Object.defineProperty(crypto, "subtle", { value: undefined })');
    assert.match(await verdictOn(page, other.archive), /^Sound/);
    const files = await filesOf(other.archive);
    const manifest = Buffer.from(files.get('manifest.json') ?? assert.fail());
    manifest[100] = (manifest[100] ?? 0) ^ 1;
    const changed = await archiveOf(files.set('manifest.json', manifest));
    assert.match(await verdictOn(page, changed), /signature does not hold/);
  });

  it('is served by the program, speaks Chinese, and has no faults for those who cannot see it', async (t) => {
    const { archive } = await exportedCase(t);
    const { address } = await openGateway(t, { webRoot });
    const answer = await fetch(`${address}/verify-case.html`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(
      policy,
      /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+';/,
    );
    assert.match(policy, /frame-ancestors 'none'$/);
    const { page, complaints } = await open(t, `${address}/verify-case.html`, 'zh-CN');
    await page.getByRole('heading', { name: '校验案件' }).waitFor();
    assert.match(await verdictOn(page, archive), /^完好/);
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Every file is as it was signed.').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.deepEqual(complaints, []);
  });
});
