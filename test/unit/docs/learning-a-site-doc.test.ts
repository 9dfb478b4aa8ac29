import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../../../src/cli/program.ts';

const text = readFileSync(new URL('../../../docs/learning-a-site.md', import.meta.url), 'utf8');
const lines = [...text.matchAll(/^nightglass (.*)$/gm)].map(([, line = '']) => line);

/** Words of a line as a shell takes them apart. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** The command that is meant, and what follows it. */
function commandOf(words: readonly string[]): [Command, readonly string[]] {
  let command = createProgram();
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((child) => child.name() === words[at]);
    if (next === undefined) break;
    command = next;
  }
  return [command, words.slice(at)];
}

for (const line of lines) {
  it(`names a command that takes it: nightglass ${line}`, () => {
    const [command, rest] = commandOf(wordsOf(line));
    assert.equal(command.commands.length, 0, `${command.name()} is no command`);
    const flags = rest.filter((word) => word.startsWith('-'));
    for (const flag of flags) {
      assert.ok(
        command.options.some(({ long, short }) => flag === long || flag === short),
        `${command.name()} takes no ${flag}`,
      );
    }
    for (const { long, mandatory, short } of command.options) {
      if (!mandatory) continue;
      assert.ok(
        flags.some((flag) => flag === long || flag === short),
        `${command.name()} needs ${long}`,
      );
    }
    const needed = command.registeredArguments.filter(({ required }) => required).length;
    const values = flags.filter((flag) =>
      command.options.some(({ long, required, short }) => required && [long, short].includes(flag)),
    );
    assert.ok(rest.length - flags.length - values.length >= needed, 'it lacks an argument');
  });
}

it('leads through some of them', () => assert.ok(lines.length > 10));
