import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  firefox,
  type LaunchOptions,
} from 'playwright-core';

/** Which browser the tests drive: `NIGHTGLASS_BROWSER=firefox`, else Chromium. */
export const isFirefox = process.env['NIGHTGLASS_BROWSER'] === 'firefox';

/** The Chromium of Debian, or the one that `NIGHTGLASS_CHROMIUM` names. */
export const chromiumPath = process.env['NIGHTGLASS_CHROMIUM'] ?? '/usr/bin/chromium';
/** The Firefox of Debian, or the one that `NIGHTGLASS_FIREFOX` names. */
const firefoxPath = process.env['NIGHTGLASS_FIREFOX'] ?? '/usr/bin/firefox-esr';
const firefoxProgram = join(import.meta.dirname, '../browser/firefox-for-playwright.mjs');

/** Why the browser of the tests is not to be had; false when it is. */
export const chromiumMissing = missing();

function missing(): string | false {
  const [path, name] = isFirefox
    ? [firefoxPath, 'NIGHTGLASS_FIREFOX']
    : [chromiumPath, 'NIGHTGLASS_CHROMIUM'];
  return existsSync(path) ? false : `no browser at ${path}; name one in ${name}`;
}

/** It draws on the CPU, and talks to nobody by itself. */
const chromiumOptions: LaunchOptions = {
  executablePath: chromiumPath,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** By WebDriver BiDi, which the channel's name asks for. */
const firefoxOptions: LaunchOptions = {
  executablePath: firefoxProgram,
  channel: 'moz-firefox',
  headless: true,
  // A busy machine starts it slowly.
  timeout: 120_000,
};

/** `body {}`, which Playwright writes into a page of Firefox for a screenshot. */
const screenshotStyle = 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=';

/** Whether a page complains of what a screenshot does to it: its content policy lets no style in. */
export function isOfScreenshot(complaint: string): boolean {
  return isFirefox && complaint.includes(screenshotStyle);
}

const engine = isFirefox ? firefox : chromium;
const launchOptions = isFirefox ? firefoxOptions : chromiumOptions;

/** A browser for several visitors, each in a context of their own. */
export function launchBrowser(): Promise<Browser> {
  return engine.launch(launchOptions);
}

/** A browser with an empty profile. */
export async function openBrowser(
  size = { width: 1600, height: 950 },
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'nightglass-browser-'));
  const context = await engine.launchPersistentContext(profile, {
    ...launchOptions,
    viewport: size,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
