import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { createProgram } from '../../../src/cli/program.ts';

const text = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

/** Section of the document by its heading, up to the next one. */
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).replaceAll('`', ''), section.slice(end)];
    }),
);

const cell = (words: string) => words.replaceAll('|', '\\|');

function optionRow(option: Option): string {
  const { flags, description, mandatory, defaultValue, argChoices } = option;
  // Absolute paths and switches have no default that a reader could use.
  const shown =
    ['string', 'number'].includes(typeof defaultValue) && !String(defaultValue).startsWith('/');
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(shown ? [`default ${defaultValue}`] : []),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return `| \`${cell(flags)}\` | ${cell(description)}${cell(note)} |`;
}

function argumentRow(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return `| \`${cell(`<${name}>`)}\` | ${cell(argument.description)} |`;
}

function leaves(command: Command, path: string): [string, Command][] {
  return command.commands.length === 0
    ? [[path, command]]
    : command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`));
}

const commands = leaves(createProgram(), 'nightglass');

describe('docs/cli.md', () => {
  for (const [name, command] of commands) {
    it(`tells what ${name} does and takes, as --help does`, () => {
      const section = sections.get(name);
      assert.ok(section !== undefined, `there is a section "${name}"`);
      const told = command.description();
      const sentence = `${told.charAt(0).toUpperCase()}${told.slice(1)}.`;
      assert.ok(section.includes(sentence), `it says: ${sentence}`);
      assert.deepEqual(
        [...section.matchAll(/^\| `.*\|$/gm)].map(([row]) => row),
        [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)],
      );
    });
  }

  it('tells of no command that does not exist', () => {
    const told = [...sections.keys()].filter((heading) => heading.startsWith('nightglass'));
    assert.deepEqual(
      told,
      commands.map(([name]) => name),
    );
  });

  it('lists the exit codes', () => {
    const listed = [...(sections.get('Exit codes') ?? '').matchAll(/^\| (\d) \| (\w+):/gm)].map(
      ([, code, word]) => [word, Number(code)],
    );
    assert.deepEqual(listed, Object.entries(exitCodes));
  });
});
