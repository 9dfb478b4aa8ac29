/*
 * Compiles the WebAssembly text in the sources into the modules beside it:
 *
 *   node scripts/build-wasm.ts
 */

import { writeFileSync } from 'node:fs';
import { compileWat } from './wasm/compile-wat.ts';

for (const { path, text } of await compileWat()) {
  writeFileSync(path, text);
  process.stdout.write(`Written to ${path}\n`);
}
