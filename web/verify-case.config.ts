import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const folder = join(import.meta.dirname, 'src', 'verify-case');

/**
 * The page that verifies a case, as one file that works from a disk: a policy of contents lets it
 * run this very script and reach nothing else.
 */
function onePage(): Plugin {
  return {
    name: 'one-page',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const [chunk] = chunks;
      if (chunk === undefined || chunks.length !== 1) return this.error('Not one script');
      // Within a page no script may hold what ends one.
      const script = chunk.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      const style = readFileSync(join(folder, 'verify-case.css'), 'utf8');
      const policy = [
        ...["default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`],
        ...["base-uri 'none'", "form-action 'none'"],
      ].join('; ');
      const parts: Record<string, string> = { policy, style, script };
      const page = readFileSync(join(folder, 'verify-case.html'), 'utf8');
      for (const name of Object.keys(bundle)) delete bundle[name];
      this.emitFile({
        type: 'asset',
        fileName: 'verify-case.html',
        source: page.replaceAll(/<!--(\w+)-->/g, (_, name: string) => parts[name] ?? ''),
      });
    },
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  // Nothing is loaded from beside the page.
  define: { 'import.meta.url': '""' },
  plugins: [onePage()],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: { input: join(folder, 'main.ts'), output: { format: 'iife' } },
  },
});
