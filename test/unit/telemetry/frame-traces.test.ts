import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frameOf } from '../../../scripts/monitoring/fill-metrics.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { type FrameTrace, FrameTraces } from '../../../src/telemetry/traces/frame-traces.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const wall0 = 1_700_000_000_000;

function setUp(options: { sample: number; maxOpen?: number; random?: () => number }) {
  const clock = new FakeClock(wall0);
  const told: FrameTrace[] = [];
  const traces = new FrameTraces({ clock, onTrace: (trace) => told.push(trace), ...options });
  const ledger = new FrameLedger();
  const frame = (captured: number, cameraId = 'a') => frameOf(ledger, cameraId, captured);
  return { clock, told, traces, frame };
}

describe('FrameTraces', () => {
  it('puts the way of a frame together, each face its own way behind the frame', () => {
    const { clock, told, traces, frame } = setUp({ sample: 1 });
    const one = frame(0);
    clock.advance(4);
    traces.decoded(one);
    clock.advance(1);
    traces.admitted(one);
    for (const stage of ['detect', 'track', 'quality'] as const) {
      clock.advance(10);
      traces.left('a', 0, stage);
    }
    clock.advance(5);
    traces.left('a', 0, 'keyframe', 't1');
    traces.left('a', 0, 'keyframe', 't2');
    clock.advance(20);
    traces.left('a', 0, 'embed', 't2');
    clock.advance(3);
    traces.left('a', 0, 'embed', 't1');
    traces.alert('a', 0, { alertId: '01A', watchlistId: 'barred' });
    assert.equal(told.length, 0);
    clock.advance(4_000);
    assert.deepEqual(told, [
      {
        start: wall0,
        end: wall0 + 63,
        attributes: {
          'nightglass.camera': 'a',
          'nightglass.sequence': 0,
          'nightglass.faces_chosen': 2,
          'nightglass.alert': '01A',
          'nightglass.watchlist': 'barred',
        },
        spans: (
          [
            ['decode', 0, 4],
            ['wait', 4, 5],
            ['detect', 5, 15],
            ['track', 15, 25],
            ['quality', 25, 35],
            ['keyframe', 35, 40, 't1'],
            ['embed', 40, 63, 't1'],
            ['keyframe', 35, 40, 't2'],
            ['embed', 40, 60, 't2'],
          ] as const
        ).map(([name, start, end, track]) => ({
          name,
          start: wall0 + start,
          end: wall0 + end,
          attributes: track === undefined ? {} : { 'nightglass.track': track },
        })),
      },
    ]);
    assert.equal(clock.pending, 0);
  });

  it('tells the sampled share, and every frame that raised an alert', () => {
    const shares = [0.05, 0.5, 0.9];
    const { clock, told, traces, frame } = setUp({
      sample: 0.1,
      random: () => shares.shift() ?? 1,
    });
    for (const captured of [0, 1, 2]) {
      traces.admitted(frame(captured));
      traces.left('a', captured, 'detect');
    }
    traces.alert('a', 2, { alertId: '01A', watchlistId: 'barred' });
    clock.advance(10_000);
    assert.deepEqual(
      told.map(({ start }) => start - wall0),
      [0, 2],
    );
  });

  it('is bounded: the oldest frame is told when too many are under way', () => {
    const { told, traces, frame } = setUp({ sample: 1, maxOpen: 2 });
    for (const captured of [0, 1, 2, 3]) traces.admitted(frame(captured));
    assert.deepEqual(
      told.map(({ start }) => start - wall0),
      [0, 1],
    );
  });

  it('keeps cameras apart and passes over frames that it does not know', () => {
    const { clock, told, traces, frame } = setUp({ sample: 1 });
    traces.admitted(frame(0, 'a'));
    traces.admitted(frame(0, 'b'));
    traces.left('b', 0, 'detect');
    traces.left('c', 0, 'detect');
    traces.left('a', 7, 'detect');
    clock.advance(10_000);
    assert.deepEqual(
      told.map(({ attributes, spans }) => [attributes['nightglass.camera'], spans.length]),
      [
        ['a', 2],
        ['b', 3],
      ],
    );
  });

  it('tells what is under way when it closes, and takes no more', () => {
    const { clock, told, traces, frame } = setUp({ sample: 1 });
    traces.admitted(frame(0));
    traces.close();
    traces.close();
    traces.admitted(frame(1));
    assert.equal(told.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('refuses a share that is none', () => {
    assert.throws(() => setUp({ sample: 1.1 }), /must be between 0 and 1/);
  });
});
