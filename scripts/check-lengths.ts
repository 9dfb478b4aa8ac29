// No function is longer than 80 lines without a reason, no file longer than 300: part of `npm run lint`.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { functionsOf } from './lengths/function-lengths.ts';

const longest = 80;
const longestFile = 300;
/** What the head of a longer file begins its reason with. */
const reasonOfFile = 'Over 300 lines:';

/** Longer ones that stay in one piece, and why. */
const reasons: Readonly<Record<string, string>> = {
  'test/support/marbles-contract.ts itKeepsTheContract':
    'a suite: its cases are the callbacks, as in `describe`',
  'test/support/marbles.ts runMarbles':
    'the world of a marble test: all its parts share one scheduler',
  'test/unit/operators/end-to-end.test.ts it':
    'one story over all operators; cut in two, neither half would say it',
};

const root = join(import.meta.dirname, '..');
const folders = ['src', 'demo', 'tools', 'bench', 'scripts', 'web/src', 'test'];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
);
const sources = files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const functions = sources.flatMap(({ path, text }) => functionsOf(path, text));
const long = functions.filter(({ lines }) => lines > longest);
const faults = long
  .filter(({ path, name }) => reasons[`${path} ${name}`] === undefined)
  .map(({ path, line, name, lines }) => `${path}:${line}: ${name} has ${lines} lines`);
// A reason that nothing needs any more would excuse the next function of that name.
for (const key of Object.keys(reasons)) {
  if (!long.some(({ path, name }) => `${path} ${name}` === key)) faults.push(`No such: ${key}`);
}
for (const { path, text } of sources) {
  const lines = text.split('\n').length - 1;
  if (lines > longestFile && !text.slice(0, 1000).includes(reasonOfFile)) {
    faults.push(`${path} has ${lines} lines and no "${reasonOfFile} …" in its head`);
  }
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) {
  process.stderr.write(
    `Split it, or give the reason: of a function in this script, of a file in its head.\n`,
  );
  process.exitCode = 1;
} else {
  const kept = functions.filter(({ lines }) => lines <= longest);
  const most = Math.max(...kept.map(({ lines }) => lines));
  process.stdout.write(
    `${functions.length} functions of at most ${most} lines, but for ${long.length} with a reason; ${files.length} files\n`,
  );
}
