import assert from 'node:assert/strict';
import { it } from 'node:test';
import { folderCycles } from '../../../scripts/imports/folder-cycles.ts';

const file = (path: string, ...imports: string[]) => ({ path, text: imports.join('\n') });

it('finds folders that need each other through other files, by types and over a third folder', () => {
  const cycles = folderCycles([
    file('a/one.ts', "import { two } from '../b/two.ts';"),
    file('b/other.ts', "import type { Three } from '../c/three.ts';"),
    file('c/three.ts', "export type { One } from '../a/another.ts';"),
    file('d/four.ts', "import { one } from '../a/one.ts';", "import './five.ts';"),
  ]);
  assert.deepEqual(cycles, [
    {
      folders: ['a', 'b', 'c'],
      edges: cycles[0]?.edges,
    },
  ]);
  assert.deepEqual(cycles[0]?.edges.toSorted(), [
    'a/one.ts → b/two.ts',
    'b/other.ts → c/three.ts',
    'c/three.ts → a/another.ts',
  ]);
});

it('finds a folder and its subfolder that need each other, also by a dynamic import', () => {
  const cycles = folderCycles([
    file('a/one.ts', "const two = await import('./b/two.ts');"),
    file('a/b/two.ts', "import {\n  type One,\n} from '../one.ts';"),
  ]);
  assert.deepEqual(
    cycles.map(({ folders }) => folders),
    [['a', 'a/b']],
  );
});

it('finds none where needs go one way', () => {
  const files = [
    file('a/one.ts', "import { two } from './b/two.ts';", "import { x } from 'b';"),
    file('a/b/two.ts', "import { three } from '../../c/three.ts';"),
    file('c/three.ts', "import { four } from './four.ts';"),
  ];
  assert.deepEqual(folderCycles(files), []);
});
