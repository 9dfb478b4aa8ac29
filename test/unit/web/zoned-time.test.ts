import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldTime, momentOf } from '../../../web/src/i18n/zoned-time.ts';

describe('fieldTime and momentOf', () => {
  it('write and read the same moment in any zone', () => {
    const at = Date.UTC(2026, 6, 1, 22, 30);
    assert.equal(fieldTime(at, 'UTC'), '2026-07-01T22:30');
    assert.equal(fieldTime(at, 'Asia/Kolkata'), '2026-07-02T04:00');
    assert.equal(fieldTime(at, 'America/St_Johns'), '2026-07-01T20:00');
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Chatham']) {
      assert.equal(momentOf(fieldTime(at, zone), zone), at, zone);
    }
  });

  it('know that a day of the change of clocks has 23 or 25 hours', () => {
    const hours = (day: string) =>
      ((momentOf(day, 'Europe/Berlin', 1) ?? 0) - (momentOf(day, 'Europe/Berlin') ?? 0)) /
      3_600_000;
    assert.equal(hours('2026-03-29'), 23);
    assert.equal(hours('2026-10-25'), 25);
    assert.equal(hours('2026-12-31'), 24);
  });

  it('reads nothing out of what is no date', () => {
    for (const text of ['', 'tomorrow', '12:00']) assert.equal(momentOf(text, 'UTC'), undefined);
  });
});
