import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameTimeline } from '../../../src/operators/frame-timeline.ts';
import { runMarbles } from '../../support/marbles.ts';

/** Times that the timeline gives to frames of [media time, arrival]. */
function times(frames: readonly (readonly [number, number])[]): number[] {
  const result: number[] = [];
  runMarbles((world) => {
    const timeline = new FrameTimeline();
    for (const [mediaTime, capturedMonotonic] of frames) {
      const frame = world.frame({ mediaTime, capturedMonotonic });
      result.push(timeline.advance(frame));
      frame[Symbol.dispose]();
    }
  });
  return result;
}

describe('FrameTimeline', () => {
  it('follows media time through network jitter', () => {
    assert.deepEqual(
      times([
        [500, 10],
        [600, 190],
        [700, 200],
      ]),
      [0, 100, 200],
    );
  });

  it('follows media time of footage read faster than it was recorded', () => {
    assert.deepEqual(
      times([
        [0, 0],
        [1_000, 1],
        [3_000, 2],
      ]),
      [0, 1_000, 3_000],
    );
  });

  it('follows arrival where the camera sets its clock forth or back', () => {
    assert.deepEqual(
      times([
        [0, 0],
        [100, 100],
        [3_600_000, 200],
        [3_600_100, 300],
        [50, 400],
      ]),
      [0, 100, 200, 300, 400],
    );
  });

  it('never runs backwards', () => {
    assert.deepEqual(
      times([
        [100, 500],
        [90, 400],
      ]),
      [0, 0],
    );
  });
});
