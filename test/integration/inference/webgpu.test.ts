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

const script = fileURLToPath(
  new URL('../../support/inference/compare-providers.ts', import.meta.url),
);

/** Runs the comparison in a process of its own: the driver is chosen by the environment at start. */
function compare(vulkan: string): { stdout: string; stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [script], {
    env: { ...process.env, VK_ICD_FILENAMES: vulkan },
    encoding: 'utf8',
    timeout: 110_000,
  });
  return { stdout, stderr };
}

describe('webgpu provider', { timeout: 120_000 }, () => {
  it('gives the same numbers as the cpu, and is reported as what runs', { skip }, () => {
    const { stdout, stderr } = compare(process.env.VK_ICD_FILENAMES ?? driver);
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? `"${stderr}"`);
    assert.deepEqual(result.providers, ['webgpu', 'webgpu', 'webgpu', 'webgpu']);
    assert.ok(result.embedding > 0.9999, `cosine ${result.embedding}`);
    assert.ok(result.enhanced <= 1, `pixels differ by ${result.enhanced}`);
    assert.ok(result.gate < 1e-3, `gates differ by ${result.gate}`);
  });

  it('is an error where no driver is, never a silent fall to the cpu', () => {
    const { stdout, stderr } = compare('/nonexistent.json');
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? `"${stderr}"`);
    assert.equal(result.code, 'PROVIDER_UNAVAILABLE');
  });
});
