import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { from, lastValueFrom, toArray } from 'rxjs';
import { type ErrorCode, NightglassError } from '../../../src/domain/errors.ts';
import type { FusedKeyframe, Keyframe, TrackEvent } from '../../../src/domain/keyframe.ts';
import { recogniseElsewhere } from '../../../src/operators/recognise-elsewhere.ts';
import { endedTrack, fusedKeyframe } from '../../support/marbles-faces.ts';

const ids = (keyframes: readonly Keyframe[]) => keyframes.map(({ trackId }) => trackId);

/** Answers a keyframe of track `a` last; those of `full`, `broken`, `none` not at all. */
const recogniser = {
  async recognise(keyframe: Keyframe): Promise<FusedKeyframe | null> {
    const { ordinal, trackId } = keyframe;
    await new Promise((resolve) => setTimeout(resolve, trackId === 'a' && ordinal === 0 ? 30 : 1));
    const fail = (code: ErrorCode) => new NightglassError(code, trackId);
    if (trackId === 'full') throw fail('INFERENCE_OVERLOADED');
    if (trackId === 'broken') throw fail('INFERENCE_FAILED');
    return trackId === 'none' ? null : (keyframe as FusedKeyframe);
  },
};

const faceOf = (trackId: string, ordinal = 0): TrackEvent => ({
  kind: 'keyframe',
  keyframe: fusedKeyframe(trackId, ordinal),
});

describe('recogniseElsewhere', () => {
  it('tells apart what gave way, what is no face and what failed, and keeps a track in order', async () => {
    const [overloaded, rejected]: [Keyframe[], Keyframe[]] = [[], []];
    const failures: unknown[] = [];
    const events: TrackEvent[] = [
      ...[faceOf('a'), faceOf('full'), faceOf('broken'), faceOf('none'), faceOf('a', 1)],
      ...[faceOf('b'), { kind: 'ended', track: endedTrack('a') } as const],
    ];
    const left = await lastValueFrom(
      from(events).pipe(
        recogniseElsewhere({
          ...{ recogniser, concurrency: 16, capacity: 16 },
          onOverloaded: (keyframe) => overloaded.push(keyframe),
          onRejected: (keyframe) => rejected.push(keyframe),
          onError: (error) => failures.push(error),
        }),
        toArray(),
      ),
    );
    const said = left.map((event) =>
      event.kind === 'keyframe' ? `${event.keyframe.trackId}${event.keyframe.ordinal}` : event.kind,
    );
    assert.deepEqual(said, ['b0', 'a0', 'a1', 'ended']);
    assert.deepEqual([ids(overloaded), ids(rejected)], [['full'], ['none']]);
    assert.deepEqual(
      failures.map((error) => (error as NightglassError).code),
      ['INFERENCE_FAILED'],
    );
  });

  it('is a failure to give way where nobody asks to be told', async () => {
    const failures: unknown[] = [];
    const onError = (error: unknown) => void failures.push(error);
    const run = from([faceOf('full')]).pipe(recogniseElsewhere({ recogniser, onError }), toArray());
    assert.deepEqual(await lastValueFrom(run), []);
    assert.equal(failures.length, 1);
  });
});
