import { join } from 'node:path';
import { defineConfig, loadEnv, type Plugin, type ProxyOptions } from 'vite';

const root = join(import.meta.dirname, '..');

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

/**
 * Passes what the page asks for on to a running product. Its guard against other web sites
 * compares `Origin` with `Host`: to it, the page must look as if it came from its own address.
 */
function toProduct(target: string): Record<string, ProxyOptions> {
  const proxy = { target, changeOrigin: true, headers: { origin: new URL(target).origin } };
  const sockets = { ...proxy, ws: true };
  return { '/api': proxy, '/healthz': proxy, '/ws': sockets, '/preview': sockets };
}

export default defineConfig(({ mode }) => {
  const { NIGHTGLASS_ADDRESS = 'http://127.0.0.1:8480' } = loadEnv(mode, root, 'NIGHTGLASS_');
  return {
    root: import.meta.dirname,
    base: './',
    // While developing, workers are served like all other modules.
    plugins: [{ ...decoderOnly(), apply: 'serve' as const }],
    optimizeDeps: { exclude: ['@cycjimmy/jsmpeg-player'] },
    worker: { format: 'es', plugins: () => [decoderOnly()] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    server: { proxy: toProduct(NIGHTGLASS_ADDRESS), fs: { allow: [root] } },
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2022',
      // Everything in files of its own: the content security policy knows no inline content.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 400,
    },
  };
});
