import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { compileWat } from '../../../scripts/wasm/compile-wat.ts';

describe('WebAssembly in the sources', () => {
  it('is what its text compiles to (else: npm run build:wasm)', async () => {
    const modules = await compileWat();
    assert.equal(modules.length, 2);
    for (const { path, text } of modules) assert.equal(readFileSync(path, 'utf8'), text);
  });
});
