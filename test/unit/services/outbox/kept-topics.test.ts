import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeptTopics } from '../../../../src/services/outbox/mqtt/kept-topics.ts';
import { settle } from '../../../support/services/outbox-setup.ts';

describe('KeptTopics', () => {
  it('publishes one after the other, of each topic the newest last', async () => {
    const sent: string[] = [];
    const gates: (() => void)[] = [];
    const kept = new KeptTopics(async ({ topic, payload }) => {
      await new Promise<void>((done) => gates.push(done));
      sent.push(`${topic}=${payload}`);
    });
    const done = kept.put([
      { topic: 'a', payload: '1' },
      { topic: 'b', payload: '1' },
    ]);
    await settle();
    // "a=1" is on its way, "b=1" waits.
    void kept.put([
      { topic: 'b', payload: '2' },
      { topic: 'a', payload: '2' },
    ]);
    for (let turn = 0; turn < 10; turn += 1) {
      gates.shift()?.();
      await settle();
    }
    await done;
    assert.deepEqual(sent, ['a=1', 'b=2', 'a=2']);
  });

  it('keeps what could not be sent for the next time', async () => {
    const sent: string[] = [];
    let isDown = true;
    const kept = new KeptTopics(async ({ topic, payload }) => {
      if (isDown) throw new Error('down');
      sent.push(`${topic}=${payload}`);
    });
    await kept.put([{ topic: 'gone', payload: '' }]);
    isDown = false;
    await kept.put([{ topic: 'status', payload: 'online' }]);
    assert.deepEqual(sent, ['gone=', 'status=online']);
  });
});
