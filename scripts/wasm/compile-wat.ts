import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import loadWabt from 'wabt';

/** WebAssembly text in the sources, and the module of TypeScript that is made of each. */
const sources = [
  {
    text: 'src/services/search/dot-products.wat',
    module: 'src/services/search/dot-products-wasm.ts',
    write: (wat: string, compile: Compile) =>
      moduleText('dot-products.wat', [
        [
          'fusedDotProducts',
          'Exports `memory`, `dots`, `dotsOfEight`; needs relaxed SIMD.',
          compile(wat),
        ],
        [
          'plainDotProducts',
          'The same for engines without relaxed SIMD.',
          compile(withoutFusion(wat)),
        ],
      ]),
  },
  {
    text: 'src/inference/worker/pixel-planes.wat',
    module: 'src/inference/worker/pixel-planes-wasm.ts',
    write: (wat: string, compile: Compile) =>
      moduleText('pixel-planes.wat', [
        ['pixelPlanesModule', 'Exports `memory` and `planes`.', compile(wat)],
      ]),
  },
] as const;

type Compile = (wat: string) => Uint8Array;

/** Path and text of each module, compiled from its source. */
export async function compileWat(): Promise<{ path: string; text: string }[]> {
  const wabt = await loadWabt();
  const compile = (wat: string): Uint8Array => {
    const parsed = wabt.parseWat('source.wat', wat, { relaxed_simd: true });
    try {
      parsed.resolveNames();
      parsed.validate();
      return parsed.toBinary({ write_debug_names: false }).buffer;
    } finally {
      parsed.destroy();
    }
  };
  const root = new URL('../../', import.meta.url);
  return sources.map(({ text, module, write }) => ({
    path: fileURLToPath(new URL(module, root)),
    text: write(readFileSync(new URL(text, root), 'utf8'), compile),
  }));
}

/** Each multiply-add, alone on its line, as a multiplication and an addition. */
function withoutFusion(wat: string): string {
  const line = /^(\s*)\(local\.set (\$\w+) \(f32x4\.relaxed_madd (.+) \(local\.get \2\)\)\)$/gm;
  const plain = wat.replace(line, '$1(local.set $2 (f32x4.add (local.get $2) (f32x4.mul $3)))');
  if (plain.includes('(f32x4.relaxed_madd')) {
    throw new Error('Cannot replace a relaxed_madd: it does not stand alone on its line');
  }
  return plain;
}

function moduleText(source: string, parts: readonly (readonly [string, string, Uint8Array])[]) {
  const constants = parts.map(
    ([name, doc, bytes]) =>
      `/** ${doc} */\nexport const ${name}: Uint8Array<ArrayBuffer> = Uint8Array.from(\n  Buffer.from(\n    '${Buffer.from(bytes).toString('base64')}',\n    'base64',\n  ),\n);\n`,
  );
  return `// Made of ${source} by \`npm run build:wasm\`.\n\n${constants.join('\n')}`;
}
