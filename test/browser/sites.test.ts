import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { NatsServer, noNats } from '../../bench/cluster/nats-server.ts';
import { camerasOfSite } from '../../src/domain/principal.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { siteAlertsService } from '../../src/services/federation/site-alerts-service.ts';
import { browserMissing, shotsFolder, webRoot } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import {
  centreConfig,
  type FederationEnd,
  openEnd,
  siteConfig,
  writeFederationKeys,
} from '../support/cluster/federation-ends.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { MemoryServices } from '../support/gateway/memory-services.ts';
import { emptyScene, portraits, toJpeg } from '../support/images/portraits.ts';
import { listInput, templateFor, vectorAt } from '../support/services/watchlist-fixture.ts';
import { makeAlert, makeEvidence } from '../support/store/alert-fixture.ts';
import { createMemoryStore } from '../support/store/test-store.ts';

describe('the page of sites', { skip: browserMissing || noNats, timeout: 240_000 }, () => {
  let folder: string;
  let nats: NatsServer;
  let browser: Browser;
  let gateway: Gateway;
  let centre: FederationEnd;
  let harbour: FederationEnd;

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'nightglass-sites-'));
    await writeFederationKeys(folder, ['centre', 'harbour', 'station']);
    nats = await NatsServer.start(folder);
    const services = new MemoryServices();
    centre = openEnd(folder, centreConfig(['harbour', 'station'], nats.url), services.store);
    harbour = openEnd(folder, siteConfig('harbour', nats.url), createMemoryStore());
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: false, version: '0.0.0', webRoot },
      services: Object.assign(services, {
        federation: centre.federation.service,
        siteAlerts: siteAlertsService(centre.store),
        siteAlerts$: centre.siteAlerts$,
      }),
      access: new FakeAccess({
        ann: { role: 'operator' },
        chief: { role: 'admin' },
        station: { role: 'operator', cameras: [camerasOfSite('station')] },
      }),
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await Promise.all([centre?.close(), harbour?.close()]);
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows an alert of a site as it comes, with its pictures, and the verdict that follows', async () => {
    const list = centre.lists.create(listInput({ name: 'Harbour ban' })).id;
    const person = centre.lists.addPerson(list, { name: 'Ann Example' }).id;
    const [face] = await portraits();
    assert.ok(face !== undefined);
    const jpeg = await toJpeg(face);
    centre.lists.addTemplate(templateFor(person, vectorAt(0.1), { image: jpeg }));
    centre.federation.service.setSites(list, ['harbour'], { name: 'admin' });
    await using ann = await Visitor.open(browser, gateway.address, {
      token: 'ann',
      path: '#/sites',
    });
    const { page } = ann;
    await page.getByText('No alert has come from a site yet.').waitFor();
    await page.getByText('are judged at the site that raised them').waitFor();
    while (harbour.lists.findPerson(person) === undefined) await page.waitForTimeout(50);
    const at = Date.now();
    const { id } = harbour.alerts.insert(
      makeAlert(1, {
        ...{ watchlistId: list, watchlistName: 'Harbour ban' },
        ...{ personId: person, personName: 'Ann Example', cameraId: 'quay' },
        ...{ createdAt: at - 120_000, capturedAt: at - 120_000, updatedAt: at, lastSeenAt: at },
      }),
      {
        ...makeEvidence(1),
        ...{ face: jpeg, enhanced: jpeg, enrolled: jpeg, frame: await toJpeg(emptyScene()) },
      },
    );
    const card = page.getByRole('article', { name: 'Ann Example' });
    await card.getByText('late', { exact: true }).waitFor();
    await card.getByText('quay').waitFor();
    await card.getByRole('img', { name: 'Recorded face, said to be Ann Example' }).waitFor();
    await card.getByRole('img', { name: 'AI-enhanced version of the recorded face' }).waitFor();
    await card.getByRole('img', { name: 'Enrolled picture of Ann Example' }).waitFor();
    await card.getByText('Nobody at the site has judged it yet.').waitFor();
    harbour.alerts.review(id, { action: 'acknowledge', reviewer: 'eve' });
    harbour.alerts.review(id, { action: 'confirm', reviewer: 'eve' });
    await card.getByText('Confirmed', { exact: true }).waitFor();
    await page.getByText('as it is here', { exact: true }).waitFor();
    await ann.settled();
    assert.deepEqual(await findViolations(page), []);
    await page.screenshot({ path: join(shotsFolder, 'sites.png') });
    await card.getByRole('button', { name: /Full frame/ }).click();
    await page.getByRole('img', { name: 'Recorded frame of harbour · quay' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    assert.deepEqual(ann.complaints, []);
  });

  it('sends a list to a site from the page of the list, and takes it away again', async () => {
    const list = centre.lists.create(listInput({ name: 'Banned from ships' })).id;
    await using chief = await Visitor.open(browser, gateway.address, {
      ...{ token: 'chief', path: `#/watchlists/${list}`, language: 'en', theme: 'dark' },
    });
    const { page } = chief;
    const dialog = page.getByRole('dialog');
    const choose = async (isChosen: boolean) => {
      await page.getByRole('button', { name: 'Sites…' }).click();
      await dialog.getByRole('checkbox', { name: 'harbour' }).setChecked(isChosen);
      assert.deepEqual(await findViolations(page), []);
      await page.screenshot({ path: join(shotsFolder, `list-sites-${isChosen}.png`) });
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await choose(true);
    await page.getByRole('definition').filter({ hasText: 'harbour' }).waitFor();
    await until(() => harbour.lists.find(list) !== undefined);
    assert.equal(harbour.lists.find(list)?.name, 'Banned from ships');
    await choose(false);
    await until(() => harbour.lists.find(list) === undefined);
    assert.deepEqual(chief.complaints, []);
  });

  it('shows nothing of another site, in Chinese on a phone', async () => {
    await using station = await Visitor.open(browser, gateway.address, {
      ...{ token: 'station', path: '#/sites', language: 'zh', theme: 'light' },
      ...{ viewport: { width: 390, height: 844 }, phone: true },
    });
    const { page } = station;
    await page.getByText('尚未收到站点的警报。').waitFor();
    await page.getByText('没有名单发往该站点。').waitFor();
    assert.equal(await page.getByText('harbour').count(), 0);
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      true,
      'nothing reaches beyond a phone',
    );
    await page.screenshot({ path: join(shotsFolder, 'sites-phone.png') });
    assert.deepEqual(await findViolations(page), []);
    assert.deepEqual(station.complaints, []);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > end) throw new Error('In vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
