import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auditActions } from '../../../src/domain/audit-actions.ts';
import { componentNames } from '../../../src/domain/quality/component-report.ts';
import { auditQuery as auditSchema } from '../../../src/gateway/schemas/audit.ts';
import { dictionaries } from '../../../web/src/i18n/dictionaries.ts';
import { auditActions as wordsOfActions } from '../../../web/src/system/audit-actions.ts';
import { auditQuery, noFilter } from '../../../web/src/system/audit-query.ts';
import { isWallTime } from '../../../web/src/system/is-wall-time.ts';
import { parseMarkdown } from '../../../web/src/system/parse-markdown.ts';
import { dropRates } from '../../../web/src/system/system-samples.ts';
import { componentKey } from '../../../web/src/widgets/quality-names.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('words of the audit log', () => {
  it('has words for every action that the server can write, and for no other', () => {
    assert.deepEqual(Object.keys(wordsOfActions).sort(), [...auditActions].sort());
  });

  it('tells the actions apart, in both languages', () => {
    for (const { system } of Object.values(dictionaries)) {
      const words = Object.values(wordsOfActions).map(
        (key) => system[key.replace('system.', '') as keyof typeof system],
      );
      assert.equal(new Set(words).size, auditActions.length);
    }
  });

  it('lists none that nothing writes', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('audit-actions.ts'))
      .filter((name) => !name.endsWith(join('services', 'audit.ts')))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
      .join('\n');
    assert.deepEqual(
      auditActions.filter((action) => !sources.includes(`'${action}'`)),
      [],
    );
  });
});

describe('details of the audit log', () => {
  it('are times where they are called so, and are milliseconds of our days', () => {
    assert.ok(isWallTime('capturedAt', 1_795_386_079_161));
    assert.equal(isWallTime('count', 1_795_386_079_161), false);
    assert.equal(isWallTime('expiresAt', null), false);
    assert.equal(isWallTime('beat', 12), false);
    assert.equal(isWallTime('At', 12), false);
  });
});

describe('query of the audit log', () => {
  it('asks the gateway in its own form, newest first, with whole days', () => {
    const query = auditQuery(
      { ...noFilter, who: ' Anna ', what: 'search.run', from: '2026-03-01', to: '2026-03-01' },
      'Asia/Tokyo',
      812,
    );
    const asked = auditSchema.parse(query);
    assert.equal(asked.who, 'Anna');
    assert.equal(asked.order, 'newest');
    assert.equal(asked.before, 812);
    assert.equal(asked.from, Date.UTC(2026, 1, 28, 15));
    assert.equal((asked.to ?? 0) - (asked.from ?? 0), 86_400_000);
  });

  it('leaves out what is empty', () => {
    assert.deepEqual(Object.keys(auditQuery(noFilter, 'UTC')).sort(), ['limit', 'order']);
  });
});

describe('components of quality', () => {
  it('has words for every component that is reported', () => {
    const names = [...Object.values(componentNames).map(({ name }) => name), 'SingleFacePresent'];
    assert.deepEqual(
      names.filter((name) => componentKey(name) === undefined),
      [],
    );
  });
});

describe('dropRates', () => {
  const sample = (at: number, drops: Record<string, number>) => ({
    at,
    report: {
      drops: Object.entries(drops).map(([reason, count]) => ({ cameraId: 'gate', reason, count })),
    } as never,
  });

  it('gives drops a second between samples', () => {
    const rates = dropRates([
      sample(0, { busy: 10 }),
      sample(2000, { busy: 16, rate: 4 }),
      sample(4000, { busy: 16, rate: 24 }),
    ]);
    assert.deepEqual(
      [...rates],
      [
        ['busy', [3, 0]],
        ['rate', [2, 10]],
      ],
    );
  });

  it('begins anew after the server did', () => {
    const rates = dropRates([sample(0, { busy: 50 }), sample(1000, { busy: 2 })]);
    assert.deepEqual(rates.get('busy'), [null]);
  });
});

describe('parseMarkdown', () => {
  it('reads what model cards are written with', () => {
    const blocks = parseMarkdown(
      '# Card\n\nOne line\nand more.\n\n- a\n  goes on\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n',
    );
    assert.deepEqual(blocks, [
      { kind: 'heading', level: 1, text: 'Card' },
      { kind: 'text', text: 'One line and more.' },
      { kind: 'list', ordered: false, items: ['a goes on', 'b'] },
      { kind: 'table', head: ['x', 'y'], rows: [['1', '2']] },
      { kind: 'code', text: 'code' },
    ]);
  });

  it('comes to an end with every card that ships', () => {
    const cards = join(root, 'models', 'cards');
    for (const name of readdirSync(cards)) {
      const blocks = parseMarkdown(readFileSync(join(cards, name), 'utf8'));
      assert.equal(blocks[0]?.kind, 'heading', name);
    }
  });
});
