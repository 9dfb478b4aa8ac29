import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { allQuirks } from '../../support/quirks/all-quirks.ts';

it('docs/quirks.md lists every quirk, with what it is and where it comes from', () => {
  const written = readFileSync(new URL('../../../docs/quirks.md', import.meta.url), 'utf8');
  const rows = written.split('\n').filter((line) => line.startsWith('| `'));
  assert.deepEqual(
    rows.map((row) => row.split(' | ').slice(0, 3).join(' | ')),
    allQuirks.map(({ id, what, from }) => `| \`${id}\` | ${what} | ${from}`),
  );
});
