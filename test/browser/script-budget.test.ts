import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';

/** Bytes of script, compressed, that the first page may need. */
const budget = 250_000;

const packed = (body: Buffer) => gzipSync(body, { level: 6 }).length;

describe('what the first page loads', { skip: browserMissing, timeout: 60_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  before(async () => {
    const services = new MemoryServices();
    services.cameraViews = ['gate', 'yard'].map((id) => ({
      id,
      name: id,
      status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
      motion: 'unwatched',
      preview: true,
    }));
    gateway = await createGateway({
      host: '127.0.0.1',
      port: 0,
      openOnLoopback: true,
      services,
      access: new FakeAccess(),
      version: '0.0.0',
      webRoot,
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
  });

  it('is under 250 kB of script compressed, and comes from no other host', async (t) => {
    await using visitor = await Visitor.open(browser, gateway.address, { path: '#/wall' });
    await visitor.page.locator('main[data-page="wall"]').waitFor();
    await visitor.settled();
    const loaded = (await visitor.page.evaluate(
      "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
    )) as string[];
    const assets = readdirSync(join(webRoot, 'assets'));
    // A worker's own script is told to the worker, not to the page: count all of them.
    const scripts = new Set([
      ...loaded.filter((path) => path.endsWith('.js')).map((path) => path.split('/').at(-1) ?? ''),
      ...assets.filter((name) => /worker.*\.js$/.test(name)),
    ]);
    const sizes = [...scripts].map((name) => ({
      name,
      bytes: packed(readFileSync(join(webRoot, 'assets', name))),
    }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const all = assets
      .filter((name) => name.endsWith('.js'))
      .reduce((sum, name) => sum + packed(readFileSync(join(webRoot, 'assets', name))), 0);
    t.diagnostic(
      `${(total / 1000).toFixed(1)} kB of script compressed in ${sizes.length} files ` +
        `(all pages together ${(all / 1000).toFixed(1)} kB)`,
    );
    assert.ok(sizes.length > 0);
    assert.ok(total < budget, JSON.stringify(sizes));
    assert.deepEqual(visitor.foreignHosts, []);
    assert.deepEqual(visitor.complaints, []);
  });

  it('runs under a content security policy that lets nothing unsafe or foreign in', async () => {
    const answer = await fetch(gateway.address);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'|default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    const html = await answer.text();
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/, 'a script of its own in the page');
  });
});
