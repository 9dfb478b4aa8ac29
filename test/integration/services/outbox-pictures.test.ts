import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { makeReceiver } from '../../support/services/outbox-fixture.ts';
import { settle, setUpOutbox } from '../../support/services/outbox-setup.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../support/store/alert-fixture.ts';

const plain = (shade: number) =>
  encodeJpeg({ width: 112, height: 112, data: new Uint8Array(112 * 112 * 3).fill(shade) }, 92);

describe('pictures that leave', () => {
  it('say of an enhanced one that a machine made it, in the file too; recorded ones stay as they are', async (t) => {
    const show = { names: false, scores: false, pictures: ['face', 'enhanced'] as const };
    const { alerts, clock, deliveries, sent } = setUpOutbox(t, {
      receivers: [makeReceiver('desk', { show })],
    });
    deliveries.start();
    const [face, enhanced, again] = await Promise.all([10, 40, 70].map(plain));
    if (!(face && enhanced && again)) throw new Error('no pictures');
    alerts.insert(makeAlert(1), { ...makeEvidence(1), face, enhanced });
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), {
      frame: face,
      face: again,
      enhanced,
    });
    await settle();
    assert.equal(sent.length, 2);
    for (const [{ pictures }, recorded] of [
      [sent[0] ?? assert.fail(), face],
      [sent[1] ?? assert.fail(), again],
    ] as const) {
      assert.deepEqual(
        pictures.map(({ kind, machineMade }) => [kind, machineMade]),
        [
          ['face', false],
          ['enhanced', true],
        ],
      );
      assert.deepEqual(pictures[0]?.jpeg, recorded);
      const marked = Buffer.from(pictures[1]?.jpeg ?? []).toString('latin1');
      assert.match(marked, /compositeWithTrainedAlgorithmicMedia/);
    }
  });

  it('leave out an enhanced one that cannot be marked, and hold nothing up', async (t) => {
    const show = { names: false, scores: false, pictures: ['face', 'enhanced'] as const };
    const { alerts, deliveries, sent } = setUpOutbox(t, {
      receivers: [makeReceiver('desk', { show })],
    });
    deliveries.start();
    alerts.insert(makeAlert(1), { ...makeEvidence(1), enhanced: new Uint8Array(64).fill(3) });
    await settle();
    assert.deepEqual(
      sent[0]?.pictures.map(({ kind }) => kind),
      ['face'],
    );
  });
});
