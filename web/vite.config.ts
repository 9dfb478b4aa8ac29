import { defineConfig, type Plugin } from 'vite';

/**
 * Of the JSMpeg package only its demuxer and its decoder in JavaScript are used.
 * When loaded it also writes a style sheet into the page, which a worker has
 * not and the content security policy refuses, and it carries a decoder as
 * WebAssembly, which that policy would refuse, too.
 */
function decoderOnly(): Plugin {
  return {
    name: 'jsmpeg-decoder-only',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('jsmpeg-player')) return null;
      const parts = [/styleInject\(css_248z\);/, /(?<=var WASM_BINARY = )'[^']*'/];
      for (const part of parts) {
        if (!part.test(code)) this.error(`Cannot strip ${part}: jsmpeg-player has changed`);
      }
      return { code: code.replace(parts[0] ?? '', '').replace(parts[1] ?? '', "''"), map: null };
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  worker: { format: 'es', plugins: () => [decoderOnly()] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Everything in files of its own: the content security policy knows no inline content.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
});
