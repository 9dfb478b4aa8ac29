import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { targets } from '../fuzz/targets/all-targets.ts';

const findings = join(import.meta.dirname, '../fuzz/findings');

/** Inputs that once did what none may do; see `npm run fuzz`. */
function findingsOf(name: string): string[] {
  try {
    return readdirSync(join(findings, name)).map((file) => join(findings, name, file));
  } catch {
    return [];
  }
}

describe('findings of the fuzzer', () => {
  for (const target of targets) {
    it(`${target.name}: all are answered, and so is every seed`, async () => {
      await using open = await target.open();
      const inputs = [...(await target.seeds()), ...findingsOf(target.name).map(readBytes)];
      for (const input of inputs) await assert.doesNotReject(async () => open.feed(input));
    });
  }
});

function readBytes(file: string): Uint8Array {
  return readFileSync(file);
}
