import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const english = read('README.md');
const chinese = read('README.zh-CN.md');

const blocks = (text: string) => [...text.matchAll(/^```\n([\s\S]*?)^```/gm)].map(([all]) => all);
const commands = (text: string) =>
  [...text.matchAll(/^\| (`nightglass .+?`) \|/gm)].map(([, name]) => name);
const spans = (text: string) => new Set(text.match(/`[^`\n]+`/g));
const links = (text: string) =>
  new Set([...text.matchAll(/\]\((?!README)([^)]+)\)/g)].map(([, target]) => target));
const figures = (text: string) => text.match(/\d+\.\d \/ \d+\.\d/g);

describe('README in two languages', () => {
  it('has the same commands to type', () => {
    assert.ok(blocks(english).length >= 3);
    assert.deepEqual(blocks(chinese), blocks(english));
  });

  it('lists the same commands', () => {
    assert.deepEqual(commands(chinese), commands(english));
  });

  it('names the same commands, files and addresses in its text', () => {
    assert.deepEqual([...spans(chinese)].sort(), [...spans(english)].sort());
  });

  it('links to the same documents', () => {
    assert.deepEqual([...links(chinese)].sort(), [...links(english)].sort());
  });

  it('gives the same figures', () => {
    assert.ok((figures(english)?.length ?? 0) >= 8);
    assert.deepEqual(figures(chinese), figures(english));
  });
});

describe('README', () => {
  it('has every command in its table', () => {
    const listed = commands(english).join('\n');
    for (const { name, commands: below } of createProgram().commands.map((command) => ({
      name: command.name(),
      commands: command.commands.map((sub) => sub.name()),
    }))) {
      assert.match(listed, new RegExp(`nightglass ${name}\\b`), name);
      const row = listed.split('\n').filter((line) => line.includes(`nightglass ${name} `));
      for (const sub of below)
        assert.ok(
          row.some((line) => line.includes(sub)),
          `${name} ${sub}`,
        );
    }
  });
});
