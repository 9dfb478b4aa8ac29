import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

/** The Chromium of Debian, or the one that `NIGHTGLASS_CHROMIUM` names. */
export const chromiumPath = process.env['NIGHTGLASS_CHROMIUM'] ?? '/usr/bin/chromium';

export const chromiumMissing = existsSync(chromiumPath)
  ? false
  : `no browser at ${chromiumPath}; name one in NIGHTGLASS_CHROMIUM`;

/** It draws on the CPU, and talks to nobody by itself. */
const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser for several visitors, each in a context of their own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: launchArguments,
  });
}

/** A browser with an empty profile. */
export async function openBrowser(
  size = { width: 1600, height: 950 },
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'nightglass-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    viewport: size,
    args: launchArguments,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
