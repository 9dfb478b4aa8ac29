import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig, parseConfig } from '../../../src/config/load-config.ts';
import { NightglassError } from '../../../src/domain/errors.ts';

function faultOf(read: () => unknown): string {
  const began = process.threadCpuUsage();
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof NightglassError, String(error));
    assert.equal(error.code, 'CONFIG_INVALID');
    const { user } = process.threadCpuUsage(began);
    assert.ok(user < 3_000_000, `took ${user / 1000} ms of processor time`);
    return error.message;
  }
  assert.fail('expected the text to be refused');
}

const refused = (text: string) => faultOf(() => parseConfig(text, 'x.yaml'));

/** Nine aliases of nine aliases of … */
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefghij', (name, at) => {
    const before = `*${'abcdefghij'[at]}`;
    return `${name}: &${name} [${Array(9).fill(before).join(', ')}]`;
  }),
].join('\n');

describe('a configuration that is made to do harm', () => {
  const cases: [string, string, string][] = [
    ['aliases of aliases', bomb, 'x.yaml:6:8: The file stands for more than 100000 values'],
    ['an alias of itself', 'a: 1\nb: &b [*b]', 'x.yaml:2:8: "b" would hold itself'],
    ['an alias without an anchor', 'a: 1\nb: *c', 'x.yaml:2:4: No anchor "c" before this alias'],
    ['an alias before its anchor', 'a: *b\nb: &b 1', 'x.yaml:1:4: No anchor "b" before this alias'],
    ['an anchor set twice', 'a: &x 1\nb: &x 2\nc: *x', 'x.yaml:2:7: The anchor "x" is set twice'],
    ['a key that is a group', 'a: 1\n? {b: 1}\n: 2', 'x.yaml:2:3: A key must be a text'],
    ['a key twice', 'server:\n  port: 1\n  port: 2', 'x.yaml:3:3: Map keys must be unique'],
    ['two documents', 'a: 1\n---\nb: 2', 'x.yaml:2:1: The file must hold one document'],
  ];
  for (const [what, text, message] of cases) {
    it(`${what}: is refused with its line`, () => assert.equal(refused(text), message));
  }

  it('lists that nest deep are refused with their line, in every notation', () => {
    for (const part of ['[', '{a: ', '- ', '? ', '- ? ']) {
      for (const depth of [100, 1_000, 100_000]) {
        const text = `server: {}\nx:\n  ${part.repeat(depth)}`;
        assert.match(refused(text), /^x\.yaml:3:\d+: Groups and lists nest more than 32 deep$/);
      }
    }
    const indented = Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n');
    assert.match(refused(indented), /^x\.yaml:3\d:\d+: Groups and lists nest more than 32 deep$/);
  });

  it('what nests as deep as a configuration needs is read', () => {
    assert.match(refused(`a: ${'['.repeat(20)}${']'.repeat(20)}`), /a: unknown key/);
  });

  it('a text of any number of faults is refused for the first', () => {
    for (const text of ['a: ]\n', '&a ', '!a ', '- *a\n', '"\\', ': ']) {
      assert.match(refused(text.repeat(100_000)), /^x\.yaml:1:\d+: /);
    }
  });

  it('any number of unknown keys is a bounded message', () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `key${n}: 1`).join('\n');
    const message = refused(keys);
    assert.equal(message.split('\n').length, 21);
    assert.match(message, /^x\.yaml:1: key0: unknown key.*x\.yaml: 19980 more faults$/s);
    assert.ok(refused(`${'k'.repeat(900_000)}: 1`).length < 200);
    assert.ok(refused(`"${'k'.repeat(1000)}": 1`).length < 200);
    assert.ok(refused(`server:\n  port: ${'x'.repeat(900_000)}`).length < 200);
  });

  it('an anchor that is set before its alias, once, is no harm', () => {
    const { config } = parseConfig('alerts: &a\n  quietPeriod: &q 30s\n  joinWithin: *q\n');
    assert.equal(config.alerts.joinWithin, 30_000);
  });
});

describe('a huge configuration file', () => {
  it('is refused with the line at which it is too long, and read no further', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-yaml-'));
    try {
      const file = join(folder, 'x.yaml');
      writeFileSync(file, '# a comment of 32 characters ....\n'.repeat(400_000));
      const message = faultOf(() => loadConfig(file));
      assert.match(message, /x\.yaml:30841:\d+: The file is larger than 1024 KiB$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.match(
      faultOf(() => loadConfig('/dev/zero')),
      /larger than 1024 KiB/,
    );
  });
});
