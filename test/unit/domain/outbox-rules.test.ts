import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitAfter } from '../../../src/domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../../src/domain/outbox/message.ts';
import { type Notice, priorityOf } from '../../../src/domain/outbox/notice.ts';
import { type ReceiverRules, skipReason } from '../../../src/domain/outbox/receiver.ts';
import { fieldsOf, filledIn, unknownFields } from '../../../src/domain/outbox/template.ts';
import { openRules } from '../../support/services/outbox-fixture.ts';
import { makeAlert, makeSighting } from '../../support/store/alert-fixture.ts';

/** A Tuesday, 12:00 UTC. */
const noon = Date.UTC(2030, 0, 1, 12);
const fault: Notice = {
  kind: 'camera',
  fault: {
    ...{ cameraId: 'gate', code: 'STREAM_STALLED', message: 'No frames.', state: 'begun' },
    ...{ since: noon, at: noon },
  },
};
const priority = (id: string) => (id === 'vip' ? 'urgent' : undefined);
const alert: Notice = { kind: 'alert', alert: makeAlert(1) };
const why = (rules: Partial<ReceiverRules>, notice: Notice = alert, at = noon) =>
  skipReason({ ...openRules, ...rules }, notice, priorityOf(notice, priority), at);

describe('rules of a receiver', () => {
  it('let everything through that they do not name', () => {
    assert.equal(why({}), null);
    assert.equal(why({}, fault), null);
  });

  it('go by kind, list, camera, priority and score', () => {
    assert.equal(why({ events: ['camera'] }), 'event');
    assert.equal(why({ watchlists: ['other'] }), 'watchlist');
    assert.equal(why({ cameras: ['other'] }), 'camera');
    assert.equal(why({ cameras: ['other'] }, fault), 'camera');
    assert.equal(why({ leastPriority: 'urgent' }), 'priority');
    assert.equal(why({ leastScore: 0.71 }), 'score');
    assert.equal(why({ leastScore: 0.7 }), null);
    assert.equal(why({ leastScore: 0.71, watchlists: ['other'] }, fault), null);
  });

  it('take what is escalated, or of an urgent list, for urgent', () => {
    const escalated: Notice = { kind: 'review', alert: makeAlert(1, { state: 'escalated' }) };
    const vip: Notice = { kind: 'alert', alert: makeAlert(1, { watchlistId: 'vip' }) };
    assert.equal(why({ leastPriority: 'urgent' }, escalated), null);
    assert.equal(why({ leastPriority: 'urgent' }, vip), null);
  });

  it('judge a sighting by itself: its camera and its score', () => {
    const sighting = { ...makeSighting('t', noon), number: 1, still: null };
    const again: Notice = { kind: 'sighting', alert: makeAlert(1, { sightings: [sighting] }) };
    assert.equal(why({ cameras: ['yard'] }, again), null);
    assert.equal(why({ cameras: ['gate'] }, again), 'camera');
    assert.equal(why({ leastScore: 0.6 }, again), 'score');
  });

  it('go by the clock of a place', () => {
    const timeZone = 'Europe/Berlin';
    const times = [{ days: ['tue'] as const, from: 13 * 60, to: 14 * 60 }];
    assert.equal(why({ schedule: { timeZone, times } }), null);
    assert.equal(why({ schedule: { timeZone: 'UTC', times } }), 'schedule');
    const quietHours = { timeZone, times, except: null };
    assert.equal(why({ quietHours }), 'quiet_hours');
    assert.equal(why({ quietHours: { ...quietHours, except: 'urgent' } }), 'quiet_hours');
    assert.equal(why({ quietHours: { ...quietHours, except: 'normal' } }), null);
    assert.equal(why({ quietHours }, alert, noon + 3_600_000), null);
  });
});

describe('waitAfter', () => {
  it('doubles up to its bound, spread by a fifth', () => {
    const backOff = { firstMs: 5_000, mostMs: 900_000 };
    const waits = [1, 2, 3, 8, 9, 1_000].map((attempts) => waitAfter(attempts, backOff, 0.5));
    assert.deepEqual(waits, [5_000, 10_000, 20_000, 640_000, 900_000, 900_000]);
    assert.equal(waitAfter(1, backOff, 0), 4_000);
    assert.equal(waitAfter(1, backOff, 1), 6_000);
  });
});

describe('templates', () => {
  const words = { title: 'Alert: vip', text: 'Ada "X" \\ {{person}}' };
  const message: OutboxMessage = {
    ...{ id: 'a-0', type: 'nightglass.alert.raised.v1', at: noon, cameraId: 'gate', sequence: 1 },
    pictures: [],
    data: {
      ...{ kind: 'alert', alertId: 'a', revision: 0, state: 'new', watchlistId: 'vip' },
      ...{ cameraId: 'gate', capturedAt: noon, sightings: 0 },
    },
  };

  it('put texts into texts: a name cannot break out of its place, nor name fields', () => {
    const filled = filledIn(
      { chat: 7, body: ['{{ text }}', { camera: 'at {{camera}}' }], on: true, none: null },
      fieldsOf(message, words, 'https://x.example/#/alerts/a'),
    );
    assert.deepEqual(JSON.parse(JSON.stringify(filled)), {
      ...{ chat: 7, on: true, none: null },
      body: ['Ada "X" \\ {{person}}', { camera: 'at gate' }],
    });
  });

  it('say nothing of what the message does not hold', () => {
    assert.equal(filledIn('{{person}}|{{list}}', fieldsOf(message, words, '')), '|vip');
  });

  it('name no field that there is not', () => {
    assert.deepEqual(unknownFields({ a: ['{{title}}', '{{secret}}'], b: '{{ env.X }}' }), [
      'secret',
      'env.X',
    ]);
  });
});
