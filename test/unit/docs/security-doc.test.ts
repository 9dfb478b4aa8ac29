import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../../', import.meta.url);
const text = readFileSync(new URL('docs/security.md', root), 'utf8');

/** Rows of the tables of promises: promise, what holds it, tests. */
const rows = text
  .slice(text.indexOf('## What is promised'), text.indexOf('## What is not promised'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| promise'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, promise = '', by = '', tests = '']) => ({ promise, by, tests }));

const named = (cell: string, prefix: string) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).filter((n) => n.startsWith(prefix));

describe('the threat model', () => {
  it('names the tests of each promise, and they are there', () => {
    assert.ok(rows.length > 20, `${rows.length} promises`);
    for (const { promise, tests } of rows) {
      const files = named(tests, 'test/');
      assert.ok(files.length > 0, `no test is named for: ${promise}`);
      for (const file of files) {
        assert.match(file, /\.test\.ts$/, promise);
        const code = existsSync(new URL(file, root))
          ? readFileSync(new URL(file, root), 'utf8')
          : '';
        assert.match(code, /\bit\(|\btest\(/, `${file} holds no test; named for: ${promise}`);
      }
    }
  });

  it('names only files that are there', () => {
    for (const path of [...named(text, 'test/'), ...named(text, 'src/')]) {
      assert.ok(existsSync(new URL(path, root)), path);
    }
  });

  it('names each who may be hostile', () => {
    for (const who of ['camera', 'stranger', 'viewer', 'operator', 'reviewer', 'administrator']) {
      assert.match(text, new RegExp(`^\\| an? ${who}`, 'm'), who);
    }
    for (const who of ['the database alone', 'backup', 'a picture or an archive', 'a package']) {
      assert.match(text, new RegExp(`^\\| .*${who}`, 'm'), who);
    }
  });
});
