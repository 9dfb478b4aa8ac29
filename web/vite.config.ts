import { defineConfig, type Plugin } from 'vite';

/**
 * The JSMpeg package writes a style sheet into the page when it is loaded, for
 * its ready-made player that is not used here. The content security policy
 * would refuse that, and report it on each visit.
 */
function withoutInjectedStyle(): Plugin {
  return {
    name: 'jsmpeg-without-injected-style',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('jsmpeg-player')) return null;
      const call = 'styleInject(css_248z);';
      if (!code.includes(call)) this.error(`Cannot strip ${call}: jsmpeg-player has changed`);
      return { code: code.replace(call, ''), map: null };
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [withoutInjectedStyle()],
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
