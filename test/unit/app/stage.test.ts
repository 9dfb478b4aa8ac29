import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map, Subject, tap } from 'rxjs';
import { frameOf } from '../../../scripts/monitoring/fill-metrics.ts';
import type { AnalysisListener, StageObservers } from '../../../src/app/analysis-contract.ts';
import { createStages } from '../../../src/app/stage.ts';
import type { LookedAtFrame } from '../../../src/domain/detection.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { GradedFrame } from '../../../src/domain/graded-face.ts';
import type { EmbeddedKeyframe, TrackEvent } from '../../../src/domain/keyframe.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp(t: { after(cleanUp: () => void): void }, left: StageObservers = {}, traced = true) {
  const clock = new FakeClock();
  const ledger = new FrameLedger();
  const seen: unknown[][] = [];
  const listener: AnalysisListener = {
    stages: {
      age: (stage, seconds) => seen.push(['age', stage, seconds]),
      duration: (stage, seconds) => seen.push(['duration', stage, seconds]),
    },
    follower: traced
      ? {
          decoded: ({ sequence }) => seen.push(['decoded', sequence]),
          admitted: ({ sequence }) => seen.push(['admitted', sequence]),
          left: (...mark) => seen.push(['left', ...mark]),
        }
      : null,
    left,
    rejected: () => undefined,
    parts: () => undefined,
    split: () => undefined,
    tracks: () => undefined,
    failed: (...failure) => seen.push(['failed', ...failure]),
  };
  const frame = frameOf(ledger, 'gate', 0);
  t.after(() => frame[Symbol.dispose]());
  return { clock, seen, frame, stages: createStages('gate', clock, listener) };
}

describe('a stage', () => {
  it('measures age and trace of each frame, and its time since the stage before', (t) => {
    const { clock, seen, frame, stages } = setUp(t);
    const frames$ = new Subject<Frame>();
    frames$
      .pipe(
        stages.stage('detect', () =>
          map((each: Frame): LookedAtFrame => ({ frame: each, faces: [], look: 'always' })),
        ),
        tap(() => clock.advance(250)),
        stages.stage('quality', () =>
          map((each): GradedFrame => ({ ...each, faces: [], ended: [] })),
        ),
      )
      .subscribe();
    clock.advance(500);
    frames$.next(frame);
    assert.deepEqual(seen, [
      ['age', 'detect', 0.5],
      ['left', 'gate', 0, 'detect', undefined],
      ['duration', 'quality', 0.25],
      ['age', 'quality', 0.75],
      ['left', 'gate', 0, 'quality', undefined],
    ]);
  });

  it('measures a face with its track, and neither the end of a track nor a silence', (t) => {
    const { clock, seen, stages } = setUp(t);
    const keyframe = { trackId: 't1', capturedMonotonic: 100 } as EmbeddedKeyframe;
    const events$ = new Subject<TrackEvent<EmbeddedKeyframe>>();
    events$.pipe(stages.stage('embed', () => map((event) => event))).subscribe();
    const silences$ = new Subject<GradedFrame>();
    silences$.pipe(stages.stage('quality', () => map((silence) => silence))).subscribe();
    clock.advance(1100);
    events$.next({ kind: 'keyframe', keyframe });
    events$.next({
      kind: 'ended',
      track: { cameraId: 'gate', trackId: 't1', startedAt: 0, endedAt: 1, hits: 2 },
    });
    silences$.next({ frame: null, faces: [], ended: [] });
    assert.deepEqual(seen, [
      ['age', 'embed', 1],
      ['left', 'gate', 100, 'embed', 't1'],
    ]);
  });

  it('names itself and its camera in failures, and shows what leaves it', (t) => {
    const shown: unknown[] = [];
    const { seen, frame, stages } = setUp(t, {
      detect: ({ faces }, cameraId) => shown.push([cameraId, faces.length]),
    });
    const frames$ = new Subject<Frame>();
    const fault = new Error('no memory');
    frames$
      .pipe(
        stages.stage('detect', (onError) =>
          map((each: Frame): LookedAtFrame => {
            onError(fault);
            return { frame: each, faces: [], look: 'always' };
          }),
        ),
      )
      .subscribe();
    frames$.next(frame);
    assert.deepEqual(seen[0], ['failed', 'gate', 'detect', fault]);
    assert.deepEqual(shown, [['gate', 0]]);
  });

  it('says what was decoded and what of it was admitted, only where frames are traced', (t) => {
    const { seen, frame, stages } = setUp(t);
    const frames$ = new Subject<Frame>();
    frames$
      .pipe(stages.admission((source) => source.pipe(tap(() => seen.push(['kept'])))))
      .subscribe();
    frames$.next(frame);
    assert.deepEqual(seen, [['decoded', 0], ['kept'], ['admitted', 0]]);
    const untraced = setUp(t, {}, false);
    const keep = tap<Frame>();
    assert.equal(untraced.stages.admission(keep), keep);
  });
});
