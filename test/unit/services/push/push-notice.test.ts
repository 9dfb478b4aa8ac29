import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OutboxMessage } from '../../../../src/domain/outbox/message.ts';
import { pushBounds } from '../../../../src/domain/push/push-bounds.ts';
import { pushTreatment } from '../../../../src/domain/push/push-priority.ts';
import { pushNotice } from '../../../../src/services/push/push-notice.ts';

const at = Date.UTC(2030, 0, 1);
const data = {
  ...({ kind: 'alert', alertId: '01J', revision: 0, state: 'new', watchlistId: 'barred' } as const),
  ...{ cameraId: 'gate', capturedAt: at, sightings: 0 },
};
const message: OutboxMessage = {
  ...{ id: '01J-0', type: 'nightglass.alert.raised.v1', at, cameraId: 'gate', sequence: 7 },
  ...{ data, pictures: [] },
};
const named = (person: string): OutboxMessage => ({
  ...message,
  data: { ...data, names: { watchlist: 'Barred', personId: 'p', person } },
});

describe('pushNotice', () => {
  it('says where to look, and neither who nor of which list', () => {
    assert.deepEqual(pushNotice(message, 'en', 'normal'), {
      ...{ id: '01J-0', title: 'Alert', text: 'Camera gate: open to look.', language: 'en' },
      ...{ tag: '01J', open: '#/alerts/01J', at, urgent: false },
    });
    const chinese = pushNotice(message, 'zh', 'urgent');
    assert.equal(chinese.title, '警报');
    assert.equal(chinese.text, '摄像机 gate：打开查看。');
    assert.equal(chinese.urgent, true);
  });

  it('names whom the rule shows', () => {
    const { title, text } = pushNotice(named('Ada'), 'en', 'normal');
    assert.match(`${title} ${text}`, /Barred.*Ada/);
  });

  it('fits whatever a name holds', () => {
    for (const name of ['𝕏', '"', '\u0000', '\ud800', '名']) {
      const notice = pushNotice(named(name.repeat(5_000)), 'en', 'normal');
      const bytes = Buffer.byteLength(JSON.stringify(notice));
      assert.ok(bytes <= pushBounds.payload, `${bytes} bytes of ${JSON.stringify(name)}`);
    }
  });

  it('tells of a camera and of a test as other receivers are told', () => {
    const fault = {
      cameraId: 'gate',
      code: 'STREAM_STALLED',
      message: 'No frames.',
      since: at,
      at,
    };
    const camera = pushNotice(
      { ...message, data: { kind: 'camera', ...fault, state: 'begun' } },
      'en',
      'normal',
    );
    assert.equal(camera.title, 'Camera gate: fault');
    assert.equal(camera.open, '#/');
    const test = pushNotice({ ...message, data: { kind: 'test', by: 'Ann' } }, 'en', 'normal');
    assert.match(test.text, /Ann/);
  });
});

describe('pushTreatment', () => {
  it('is kept longer and told sooner the more urgent it is, less what it waited', () => {
    assert.deepEqual(pushTreatment('low', 0), { urgency: 'low', ttl: 3_600 });
    assert.deepEqual(pushTreatment('normal', 60_000), { urgency: 'normal', ttl: 14_340 });
    assert.deepEqual(pushTreatment('urgent', -5_000), { urgency: 'high', ttl: 86_400 });
    assert.equal(pushTreatment('low', 86_400_000).ttl, 60);
  });
});
