import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AlertFilter,
  apiQuery,
  fits,
  isUsual,
  readFilter,
  writeFilter,
} from '../../../web/src/alerts/alert-filter.ts';
import { mergeAlerts } from '../../../web/src/live/merge-alerts.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const now = 1_790_000_000_000;
const read = (text: string): AlertFilter => readFilter(new URLSearchParams(text));

describe('alert filter', () => {
  it('is what is open when the address says nothing', () => {
    const filter = read('');
    assert.equal(isUsual(filter), true);
    assert.deepEqual(apiQuery(filter, now), { state: ['new', 'acknowledged', 'escalated'] });
  });

  it('comes back from the address that it makes', () => {
    const text = 'state=confirmed&list=l1&camera=gate&time=range&from=5&to=9';
    const filter = read(text);
    const written = Object.entries(writeFilter(filter)).map(([name, value]) => `${name}=${value}`);
    assert.equal(written.join('&'), text);
    assert.deepEqual(apiQuery(filter, now), {
      state: ['confirmed'],
      watchlist: 'l1',
      camera: 'gate',
      from: 5,
      to: 9,
    });
    assert.equal(isUsual(filter), false);
  });

  it('ignores what it does not know', () => {
    assert.deepEqual(read('state=gone&time=never&from=abc'), read(''));
    assert.equal(read('time=range&from=abc').from, undefined);
  });

  it('counts spans of time back from now', () => {
    assert.deepEqual(apiQuery(read('time=hour&state=all'), now), { from: now - 3_600_000 });
    assert.deepEqual(apiQuery(read('state=all'), now), {});
  });

  it('tells of a live alert what the gateway would tell of a stored one', () => {
    const alert = sampleAlert(1, { cameraId: 'gate', capturedAt: now - 1000 });
    assert.equal(fits(read(''), alert, now), true);
    assert.equal(fits(read(''), { ...alert, state: 'dismissed' }, now), false);
    assert.equal(fits(read('state=all'), { ...alert, state: 'dismissed' }, now), true);
    assert.equal(fits(read('camera=dock'), alert, now), false);
    assert.equal(fits(read('list=other'), alert, now), false);
    assert.equal(fits(read('time=hour'), { ...alert, capturedAt: now - 4_000_000 }, now), false);
    assert.equal(fits(read(`time=range&to=${now - 1000}`), alert, now), false);
    assert.equal(fits(read(`time=range&from=${now - 1000}`), alert, now), true);
  });
});

describe('mergeAlerts', () => {
  const shown = sampleAlert(1);
  const { scores, threshold, ...blind } = shown;

  it('takes the later revision, newest alert first', () => {
    const later = { ...shown, revision: 1, state: 'confirmed' as const };
    const merged = mergeAlerts([shown], [later, sampleAlert(2)]);
    assert.deepEqual(
      merged.map(({ id, state }) => [id, state]),
      [
        [sampleAlert(2).id, 'new'],
        [shown.id, 'confirmed'],
      ],
    );
    assert.equal(mergeAlerts([later], [shown])[0]?.state, 'confirmed');
  });

  it('keeps what was known of the same revision', () => {
    assert.deepEqual(mergeAlerts([shown], [blind])[0]?.scores, scores);
    assert.equal(mergeAlerts([shown], [blind])[0]?.threshold, threshold);
    assert.equal(mergeAlerts([shown], [{ ...blind, revision: 1 }])[0]?.scores, undefined);
  });
});
