import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StreamClock } from '../../../web/src/cameras/video/stream-clock.ts';
import { ClockOffset } from '../../../web/src/live/clock-offset.ts';
import { VideoClock } from '../../../web/src/live/video-clock.ts';

describe('ClockOffset', () => {
  it('takes the quickest message of the last seconds', () => {
    const offset = new ClockOffset();
    assert.equal(offset.value, undefined);
    offset.add(0, 500);
    offset.add(40, 300);
    offset.add(80, 900);
    assert.equal(offset.value, 260);
  });

  it('forgets, so that it follows a far clock that drifts', () => {
    const offset = new ClockOffset();
    offset.add(0, 100);
    offset.add(6_000, 6_400);
    offset.add(12_000, 12_500);
    assert.equal(offset.value, 400);
  });
});

describe('StreamClock', () => {
  it('tells when a picture would have come without delay', () => {
    const clock = new StreamClock();
    assert.equal(clock.momentOf(0), undefined);
    clock.received(0, 1000);
    clock.received(40, 1100);
    clock.received(80, 1100);
    assert.equal(clock.momentOf(0), 1000);
    assert.equal(clock.momentOf(80), 1080);
  });

  it('starts anew with a new stream', () => {
    const clock = new StreamClock();
    clock.received(5000, 1000);
    clock.received(0, 5000);
    assert.equal(clock.momentOf(0), 5000);
  });
});

describe('VideoClock', () => {
  it('tells the moment of the picture that is shown, however late it is drawn', () => {
    const clock = new VideoClock();
    assert.equal(clock.shown(1100), undefined);
    assert.equal(clock.shownAt, undefined);
    clock.drawn(0, 1000, 1500);
    assert.deepEqual(clock.shown(1500), { moment: 1000, streamTime: 0 });
    clock.drawn(40, 1040, 1700);
    assert.deepEqual(clock.shown(1700), { moment: 1040, streamTime: 40 });
    assert.equal(clock.shownAt, 1700);
  });

  it('says nothing when the picture stands, or the video ended', () => {
    const clock = new VideoClock();
    clock.drawn(0, 1000, 1000);
    assert.equal(clock.shown(4001), undefined);
    clock.drawn(40, 5000, 5000);
    assert.equal(clock.shown(5000)?.moment, 5000);
    clock.reset();
    assert.equal(clock.shown(5000), undefined);
    assert.equal(clock.shownAt, undefined);
  });
});
