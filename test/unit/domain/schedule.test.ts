import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isOn,
  isTimeZone,
  nextChange,
  type ScheduleTime,
  weekdays,
} from '../../../src/domain/schedule.ts';

const at = (text: string) => Date.parse(text);
const berlin = (...times: ScheduleTime[]) => ({ timeZone: 'Europe/Berlin', times });
const hours = (from: number, to: number, days = [...weekdays]): ScheduleTime => ({
  days,
  from: from * 60,
  to: to * 60,
});

describe('a schedule', () => {
  it('is on on its days and within its hours, of its own time zone', () => {
    const office = berlin(hours(8, 18, ['mon', 'tue', 'wed', 'thu', 'fri']));
    const cases: [string, boolean][] = [
      ['2026-11-27T08:00:00+01:00', true],
      ['2026-11-27T07:59:59+01:00', false],
      ['2026-11-27T17:59:59+01:00', true],
      ['2026-11-27T18:00:00+01:00', false],
      ['2026-11-28T12:00:00+01:00', false],
      ['2026-11-30T07:30:00Z', true],
    ];
    for (const [text, on] of cases) assert.equal(isOn(office, at(text)), on, text);
  });

  it('goes past midnight into the day after', () => {
    const friday = berlin(hours(22, 6, ['fri']));
    const cases: [string, boolean][] = [
      ['2026-11-27T21:59:00+01:00', false],
      ['2026-11-27T22:00:00+01:00', true],
      ['2026-11-28T05:59:00+01:00', true],
      ['2026-11-28T06:00:00+01:00', false],
      ['2026-11-28T23:00:00+01:00', false],
      ['2026-11-27T05:00:00+01:00', false],
    ];
    for (const [text, on] of cases) assert.equal(isOn(friday, at(text)), on, text);
  });

  it('holds a whole day', () => {
    const sunday = berlin(hours(0, 24, ['sun']));
    assert.equal(isOn(sunday, at('2026-11-29T00:00:00+01:00')), true);
    assert.equal(isOn(sunday, at('2026-11-29T23:59:59+01:00')), true);
    assert.equal(isOn(sunday, at('2026-11-30T00:00:00+01:00')), false);
  });

  it('follows the clock on the wall where clocks change', () => {
    // 2026-03-29: 2:00 is followed by 3:00. 2026-10-25: 3:00 is followed by 2:00.
    const night = berlin(hours(2, 3));
    let spring = 0;
    let autumn = 0;
    for (let minute = 0; minute < 1_440; minute += 1) {
      if (isOn(night, at('2026-03-29T00:00:00+01:00') + minute * 60_000)) spring += 1;
      if (isOn(night, at('2026-10-25T00:00:00+02:00') + minute * 60_000)) autumn += 1;
    }
    assert.equal(spring, 0);
    assert.equal(autumn, 120);
    const morning = berlin(hours(8, 9));
    assert.equal(isOn(morning, at('2026-03-28T07:30:00Z')), true);
    assert.equal(isOn(morning, at('2026-03-29T06:30:00Z')), true);
    assert.equal(isOn(morning, at('2026-03-29T07:30:00Z')), false);
  });

  it('is as its time zone has it, whatever that of the machine', () => {
    const times = [hours(9, 10)];
    const now = at('2026-07-01T00:30:00Z');
    assert.equal(isOn({ timeZone: 'Asia/Tokyo', times }, now), true);
    assert.equal(
      isOn({ timeZone: 'Asia/Kathmandu', times: [{ ...hours(6, 7), from: 375 }] }, now),
      true,
    );
    assert.equal(isOn({ timeZone: 'UTC', times }, now), false);
  });

  it('changes next where it goes on or off, at the minute, also when clocks are changed', () => {
    const office = berlin(hours(8, 18, ['mon', 'tue', 'wed', 'thu', 'fri']));
    const next = (schedule: Parameters<typeof nextChange>[0], from: string) => {
      const found = nextChange(schedule, at(from));
      return found === null ? null : new Date(found).toISOString();
    };
    assert.equal(next(office, '2026-11-27T07:59:59+01:00'), '2026-11-27T07:00:00.000Z');
    assert.equal(next(office, '2026-11-27T08:00:00+01:00'), '2026-11-27T17:00:00.000Z');
    assert.equal(next(office, '2026-11-27T18:00:00+01:00'), '2026-11-30T07:00:00.000Z');
    // The night in which clocks go from 2 to 3: half past two is not there.
    const early = { timeZone: 'Europe/Berlin', times: [{ ...hours(0, 4), from: 150 }] };
    assert.equal(next(early, '2026-03-29T00:00:00+01:00'), '2026-03-29T01:00:00.000Z');
    const odd = { timeZone: 'Asia/Kathmandu', times: [{ ...hours(0, 4), from: 7, to: 11 }] };
    assert.equal(next(odd, '2026-03-29T00:00:00+05:45'), '2026-03-28T18:22:00.000Z');
    assert.equal(next(berlin(hours(0, 24)), '2026-03-29T00:00:00+01:00'), null);
  });

  it('changes next where each minute says so', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC'];
    const minute = 60_000;
    for (let turn = 0; turn < 40; turn += 1) {
      const times = [
        {
          days: [...weekdays].slice(turn % 7),
          from: (turn * 97) % 1440,
          to: (turn * 389 + 5) % 1441,
        },
      ];
      const schedule = { timeZone: zones[turn % zones.length] as string, times };
      const from = at('2026-10-24T00:00:00Z') + turn * 7_777_777;
      const first = Math.ceil((from + 1) / minute) * minute;
      let expected: number | null = null;
      for (let time = first; time < from + 3 * 86_400_000; time += minute) {
        if (isOn(schedule, time) === isOn(schedule, from)) continue;
        expected = time;
        break;
      }
      const found = nextChange(schedule, from);
      if (expected !== null) assert.equal(found, expected, JSON.stringify(schedule));
      else assert.ok(found === null || found >= from + 3 * 86_400_000);
    }
  });

  it('knows time zones by name', () => {
    assert.equal(isTimeZone('Europe/Berlin'), true);
    assert.equal(isTimeZone('Europe/Atlantis'), false);
  });
});
