// No two folders may need each other, types included: `npm run imports`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { folderCycles } from './imports/folder-cycles.ts';

const root = join(import.meta.dirname, '..');
const files = ['src', 'demo', 'tools', 'bench', 'web/src', 'test', 'scripts'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
);
const cycles = folderCycles(
  files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
);
for (const cycle of cycles) {
  process.stderr.write(`Folder cycle: ${cycle.folders.join(', ')}\n`);
  for (const edge of cycle.edges) process.stderr.write(`  ${edge}\n`);
}
if (cycles.length > 0) process.exitCode = 1;
else {
  const folders = new Set(files.map((path) => dirname(path)));
  process.stdout.write(`No folder cycle in ${folders.size} folders of ${files.length} files\n`);
}
