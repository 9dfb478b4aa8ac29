import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ClipRecorder,
  type Recording,
  type RecordingRequest,
} from '../../../../src/streams/clips/clip-recorder.ts';
import { PacketRing } from '../../../../src/streams/clips/packet-ring.ts';
import { RingBudget } from '../../../../src/streams/clips/ring-budget.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { codedPicture } from '../../../support/streams/coded-picture.ts';

function setUp(mostRecordings = 4) {
  const clock = new FakeClock();
  const recorded: Recording[] = [];
  const dropped: [string, string][] = [];
  const recorder = new ClipRecorder({
    ...{ clock, before: 2_000, after: 3_000, mostRecordings },
    onRecorded: (recording) => recorded.push(recording),
    onDropped: ({ place }, reason) => dropped.push([place.alertId, reason]),
  });
  const ring = new PacketRing({
    ...{ cameraId: 'gate', hold: 6_000, maxBytes: 1_000_000, budget: new RingBudget(1_000_000) },
    onPicture: (picture) => recorder.picture(picture, 'gate'),
    onEnd: (why) => (why === 'camera' ? recorder.endAll('gate', why) : recorder.leave(ring)),
  });
  recorder.follow(ring);
  return {
    ...{ clock, recorder, ring, recorded, dropped },
    /** The camera sends two pictures a second for so long. */
    play(ms: number) {
      for (const end = clock.monotonic() + ms; clock.monotonic() < end; clock.advance(500)) {
        const at = clock.monotonic();
        ring.picture(codedPicture(at, { key: at % 1_000 === 0, arrivedAt: clock.now() }));
      }
    },
    record: (alertId: string, changes: Partial<RecordingRequest> = {}) =>
      recorder.record({
        ...{ place: { alertId, appearance: 0 }, cameraId: 'gate', trackId: 't' },
        capturedMonotonic: clock.monotonic(),
        ...changes,
      }),
  };
}

const span = ({ pictures }: Recording) => [
  pictures[0]?.arrivedMonotonic,
  pictures.at(-1)?.arrivedMonotonic,
];

describe('recorder of clips', () => {
  it('takes the seconds before and after, of several alerts at once from the same pictures', () => {
    const { play, record, recorded, recorder } = setUp();
    play(10_000);
    record('one');
    play(1_500);
    record('two');
    assert.equal(recorder.recordings, 2);
    play(6_000);
    assert.deepEqual(recorded.map(span), [
      [8_000, 13_000],
      [9_000, 14_500],
    ]);
    assert.deepEqual(
      recorded.map(({ place, cut }) => [place.alertId, cut]),
      [
        ['one', null],
        ['two', null],
      ],
    );
    assert.equal(recorder.recordings, 0);
  });

  it('keeps what there is where the camera falls silent, ends or is closed', () => {
    const { clock, play, record, recorded, ring } = setUp();
    play(5_000);
    record('silent');
    clock.advance(10_000);
    play(2_000);
    record('ends');
    ring.restart();
    play(3_000);
    record('closed');
    ring.close();
    assert.deepEqual(
      recorded.map(({ place, cut }) => [place.alertId, cut]),
      [
        ['silent', 'camera'],
        ['ends', 'camera'],
        ['closed', 'stopped'],
      ],
    );
    assert.equal(clock.pending, 0);
  });

  it('says why there is none: no such camera, no pictures, too many at once', () => {
    const { dropped, play, record, recorder, clock } = setUp(1);
    record('early');
    clock.advance(4_000);
    record('elsewhere', { cameraId: 'yard' });
    play(2_000);
    record('first');
    record('second');
    assert.deepEqual(dropped, [
      ['early', 'no_pictures'],
      ['elsewhere', 'no_pictures'],
      ['second', 'busy'],
    ]);
    assert.equal(recorder.recordings, 1);
  });

  it('leaves out what lies outside the times of the camera', () => {
    const { clock, play, record, recorded } = setUp();
    play(10_000);
    const now = clock.monotonic();
    record('one', { allowed: { from: now - 600, until: now + 1_000 } });
    play(3_000);
    assert.deepEqual(recorded.map(span), [[10_000, 11_000]]);
  });
});
