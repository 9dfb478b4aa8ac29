import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { findLinks } from '../../../scripts/site/find-links.ts';
import { listPages } from '../../../scripts/site/list-pages.ts';

const root = join(import.meta.dirname, '../../..');

describe('links of the documents', () => {
  it('finds links and pictures, not code, not the web', () => {
    const text = [
      '[a](a.md#part) ![b](b.svg) [here](#part) [web](https://example.com/x) `[c](c.md)`',
      '```',
      '[d](d.md)',
      '```',
    ].join('\n');
    assert.deepEqual(findLinks(text), ['a.md', 'b.svg']);
  });

  it('lead to files that are there', () => {
    const pages = listPages(root);
    assert.ok(pages.includes('README.md') && pages.includes('docs/cameras.md'));
    const missing = pages.flatMap((page) =>
      findLinks(readFileSync(join(root, page), 'utf8'))
        .filter((link) => !existsSync(join(root, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    assert.deepEqual(missing, []);
  });
});
