import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The software Vulkan driver that Debian's chromium ships: the GPU path without a GPU. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const skip =
  process.env.VK_ICD_FILENAMES !== undefined || existsSync(driver)
    ? false
    : `needs a Vulkan driver (${driver} of Debian's chromium, or VK_ICD_FILENAMES)`;

/** On a processor that plays the card the models that ship take minutes. */
const skipShipped =
  process.env.VK_ICD_FILENAMES !== undefined ? false : 'needs a card (VK_ICD_FILENAMES)';

const script = fileURLToPath(
  new URL('../../support/inference/compare-providers.ts', import.meta.url),
);

const shipped = fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

/** Runs the comparison in a process of its own: the driver is chosen by the environment at start. */
function compare(vulkan: string, ...words: string[]) {
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    env: { ...process.env, VK_ICD_FILENAMES: vulkan },
    encoding: 'utf8',
    timeout: 240_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) || JSON.stringify({ stderr }));
}

describe('webgpu provider', { timeout: 300_000 }, () => {
  it('gives the same numbers as the cpu, and is reported as what runs', { skip }, () => {
    const result = compare(process.env.VK_ICD_FILENAMES ?? driver);
    assert.deepEqual(result.providers, ['webgpu', 'webgpu', 'webgpu', 'webgpu']);
    assert.ok(result.embedding > 0.9999, `cosine ${result.embedding}`);
    assert.ok(result.enhanced <= 1, `pixels differ by ${result.enhanced}`);
    assert.ok(result.gate < 1e-3, `gates differ by ${result.gate}`);
  });

  it('runs the models that ship to the same result in FP32', { skip: skipShipped }, () => {
    const result = compare(process.env.VK_ICD_FILENAMES ?? driver, shipped, 'fp32');
    assert.ok(
      result.providers?.every((provider: string) => provider === 'webgpu'),
      `${JSON.stringify(result)}`,
    );
    assert.ok(result.embedding > 0.999, `cosine ${result.embedding}`);
    assert.ok(result.enhanced <= 2, `pixels differ by ${result.enhanced}`);
    assert.ok(result.gate < 5e-3, `gates differ by ${result.gate}`);
  });

  it('is an error where no driver is, never a silent fall to the cpu', () => {
    const result = compare('/nonexistent.json');
    assert.equal(result.code, 'PROVIDER_UNAVAILABLE');
  });
});
