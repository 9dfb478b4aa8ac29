import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { firstValueFrom, timeout } from 'rxjs';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { demoFootage } from '../support/live/demo-footage.ts';
import { makeToken } from '../support/live/make-token.ts';
import { enrolWanted, type Live, startLive, testList } from '../support/live/start-live.ts';

/** Every page of the dashboard, with something to show on each. */
function pages(alertId: string): readonly (readonly [string, string])[] {
  return [
    ['wall', '#/wall'],
    ['camera', '#/camera/lobby'],
    ['calibration', '#/calibration/lobby'],
    ['assessment', '#/assessment/lobby'],
    ['profile', '#/profile/lobby'],
    ['alerts', '#/alerts'],
    ['alert', `#/alerts/${alertId}`],
    ['watchlists', '#/watchlists'],
    ['watchlist', `#/watchlists/${testList}`],
    ['search', '#/search'],
    ['review', '#/review'],
    ['cameras', '#/cameras'],
    ['users', '#/users'],
    ['account', '#/account'],
    ['shift', '#/shift'],
    ['footage', '#/footage'],
    ['system', '#/system'],
  ];
}

/** Dialogs and parts that a page shows on demand: where, and which button opens it. */
function parts(alertId: string, personId: string): readonly (readonly [string, string, string?])[] {
  return [
    ['shortcuts', '#/wall', '.top-help'],
    ['display', '#/wall', '.top-display'],
    ['figures', `#/alerts/${alertId}`, '.detail .match-figures summary'],
    ['frame', `#/alerts/${alertId}`, '.detail .picture-button'],
    ['export', `#/alerts/${alertId}`, '.detail-parts p > button'],
    ['new-list', '#/watchlists', '.page-action'],
    ['change-list', `#/watchlists/${testList}`, '.panels .button-row button:nth-child(3)'],
    ['new-person', `#/watchlists/${testList}`, '.panels .button-row button:nth-child(1)'],
    ['import', `#/watchlists/${testList}`, '.panels .button-row button:nth-child(2)'],
    ['delete-list', `#/watchlists/${testList}`, '.panels .button-row [data-action="delete"]'],
    ['person', `#/watchlists/${testList}?person=${personId}`],
    ['search-alert', '#/search', '.search-form .button-row button'],
    ['statistics', '#/review?view=statistics'],
  ];
}

describe('accessibility of every page', { skip: browserMissing, timeout: 900_000 }, () => {
  let live: Live;
  let browser: Browser;
  let token = '';
  let alertId = '';
  let personId = '';

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    const { cameras, people } = await demoFootage();
    live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      openOnLoopback: false,
    });
    token = makeToken(live, { name: 'Ada', role: 'admin' });
    const alerted = firstValueFrom(live.nightglass.services.alerts$.pipe(timeout(60_000)));
    const [wanted] = people;
    assert.ok(wanted);
    personId = await enrolWanted(live, wanted);
    alertId = (await alerted).alert.id;
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await live?.[Symbol.asyncDispose]();
  });

  // Colours do not depend on the language: each pair is looked at once.
  for (const [language, theme] of [
    ['en', 'dark'],
    ['zh', 'light'],
  ] as const) {
    it(`holds in ${language}, ${theme}, without a complaint of the browser or another host asked`, async () => {
      await using visitor = await Visitor.open(browser, live.nightglass.address, {
        token,
        language,
        theme,
      });
      const found = new Map<string, string[]>();
      for (const [name, path] of pages(alertId)) {
        await visitor.go(path);
        if (name === 'wall' || name === 'camera') {
          const video = visitor.page.locator('.tile-video').last();
          await video.and(visitor.page.locator('[data-playing="true"]')).waitFor();
        }
        await visitor.page.screenshot({
          path: join(shotsFolder, `page-${name}-${language}.png`),
          fullPage: true,
        });
        const lang = await visitor.page.locator('html').getAttribute('lang');
        assert.equal(lang, { en: 'en', zh: 'zh-Hans' }[language]);
        for (const violation of await findViolations(visitor.page)) {
          found.set(violation, [...(found.get(violation) ?? []), name]);
        }
      }
      assert.deepEqual(
        [...found].map(([violation, on]) => `${on.join(', ')}: ${violation}`),
        [],
      );
      assert.deepEqual(visitor.complaints, []);
      assert.deepEqual(visitor.foreignHosts, []);
    });

    it(`holds in ${language}, ${theme}, in what opens on demand`, async () => {
      await using visitor = await Visitor.open(browser, live.nightglass.address, {
        token,
        language,
        theme,
      });
      const { page } = visitor;
      const found: string[] = [];
      for (const [name, path, opener] of parts(alertId, personId)) {
        await visitor.go(path);
        if (opener !== undefined) {
          await page.locator(opener).first().click();
          await visitor.settled();
        }
        await page.screenshot({ path: join(shotsFolder, `part-${name}-${language}.png`) });
        found.push(...(await findViolations(page)).map((each) => `${name}: ${each}`));
        await page.keyboard.press('Escape');
      }
      assert.deepEqual(found, []);
      assert.deepEqual(visitor.complaints, []);
    });

    it(`holds in ${language} where somebody signs in`, async () => {
      await using visitor = await Visitor.open(browser, live.nightglass.address, { language });
      const { page } = visitor;
      const field = page.locator('input[type=password]');
      await field.waitFor();
      await page.screenshot({ path: join(shotsFolder, `page-sign-in-${language}.png`) });
      assert.deepEqual(await findViolations(page), []);
      await page.locator('input[name=username]').fill('nobody');
      await field.fill('none of the passwords');
      await field.press('Enter');
      await page.locator('[role=alert]').waitFor();
      assert.deepEqual(await findViolations(page), []);
      // The other way: by token.
      await page.getByRole('button', { name: /Use a token instead|用令牌登录/ }).click();
      await field.waitFor();
      assert.deepEqual(await findViolations(page), []);
    });
  }
});
