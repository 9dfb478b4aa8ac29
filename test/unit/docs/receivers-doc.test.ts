import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import { deadReasons, lostReasons } from '../../../src/domain/outbox/delivery.ts';
import { messageTypes } from '../../../src/domain/outbox/message.ts';
import { templateFields } from '../../../src/domain/outbox/template.ts';

const text = readFileSync(new URL('../../../docs/receivers.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

/** What holds where nothing else is configured. */
const bare = 'push: { contact: "mailto:a@example.org" }';

describe('docs/receivers.md', () => {
  it('shows settings that are valid', () => {
    assert.ok(blocks.length >= 5, `${blocks.length} examples`);
    for (const block of blocks) {
      if (block.startsWith('push:')) {
        assert.deepEqual(
          parseConfig(block).config.push?.hosts,
          parseConfig(bare).config.push?.hosts,
        );
        continue;
      }
      const whole = block.startsWith('receivers:') ? block : `receivers:\n${block}`;
      const { config } = parseConfig(whole);
      assert.equal(config.receivers.length, 1, block);
    }
  });

  it('shows what is there by choice as well', () => {
    const all = (blocks[0] ?? '').replace(/^( +)# (?=(oldSecret|headers|allow|ca):)/gm, '$1');
    const webhook = parseConfig(all).config.receivers[0]?.webhook;
    assert.deepEqual(webhook?.allow, ['192.168.7.0/24']);
    assert.ok(webhook?.oldSecret && webhook.ca);
  });

  it('names every type, field and reason', () => {
    for (const type of Object.values(messageTypes)) assert.ok(text.includes(`${type}`), type);
    for (const field of templateFields) assert.ok(text.includes(`{{${field}}}`), field);
    const reasons = [...deadReasons, ...lostReasons].filter(
      (reason) => !['refused', 'too_old', 'receiver_removed'].includes(reason),
    );
    for (const reason of reasons) assert.ok(text.includes(`\`${reason}\``), reason);
  });
});
