import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { recognitionFigures } from '../../../../src/app/recognition-figures.ts';
import { Frame } from '../../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../../src/domain/frame/ledger.ts';
import type { GradedFrame } from '../../../../src/domain/graded-face.ts';
import type { Quality } from '../../../../src/domain/quality/quality.ts';
import { Assessments } from '../../../../src/services/cameras/assessments.ts';
import { AssessmentTable } from '../../../../src/store/assessment-table.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { pictureFromRgb } from '../../../../src/streams/rgb-picture.ts';
import {
  endedTrack,
  fusedKeyframe,
  gradedFace,
  qualityOf,
} from '../../../support/marbles-faces.ts';
import { checkerboard } from '../../../support/marbles-picture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

const by = { name: 'Chief' };

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const table = new AssessmentTable(store);
  const figures = recognitionFigures();
  const faults: unknown[] = [];
  const open = () => {
    const assessments = new Assessments({
      ...{ store, table, audit, figures, clock },
      recogniser: figures.recogniser,
      stream: () => ({ frameRate: 12, bitsPerPixel: 0.1 }),
      onError: (error) => faults.push(error),
    });
    t.after(() => assessments.close());
    return assessments;
  };
  return { store, clock, audit, table, faults, open };
}

/** Somebody with so many pixels between the eyes passes, taken for a face or not. */
function pass(assessments: Assessments, trackId: string, eyes: number, isFace = true): void {
  const base = qualityOf(80);
  const quality: Quality = {
    ...base,
    components: { ...base.components, interEyeDistance: { raw: eyes, score: 50 } },
  };
  using frame = Frame.create({
    cameraId: 'cam',
    sequence: 0,
    mediaTime: 0,
    capturedAt: 0,
    capturedMonotonic: 0,
    picture: pictureFromRgb(checkerboard(64, 64)),
    ledger: new FrameLedger(),
  });
  const graded: GradedFrame = {
    frame,
    faces: [gradedFace(trackId, quality)],
    ended: [],
  };
  assessments.graded('cam', graded);
  if (isFace) {
    assessments.event('cam', {
      kind: 'keyframe',
      keyframe: fusedKeyframe(trackId, 0, { quality }),
    });
  }
  assessments.event('cam', { kind: 'ended', track: endedTrack(trackId) });
}

describe('assessments of cameras', () => {
  it('gather nothing before they are started', (t) => {
    const assessments = setUp(t).open();
    pass(assessments, 'a', 20);
    const { running, startedAt, assessment } = assessments.report('cam');
    assert.deepEqual([running, startedAt, assessment], [false, null, null]);
  });

  it('count people, and those without a usable picture by why', (t) => {
    const assessments = setUp(t).open();
    assessments.start('cam', 60, by);
    pass(assessments, 'a', 20);
    pass(assessments, 'b', 20);
    pass(assessments, 'c', 12, false);
    const { assessment } = assessments.report('cam');
    assert.ok(assessment);
    assert.deepEqual([assessment.tracks, assessment.usable], [3, 2]);
    assert.deepEqual(assessment.unusable, { not_a_face: 1 });
    assert.equal(assessment.evaluated, true);
    const eyes = assessment.measures.find(({ measure }) => measure === 'interEyeDistance');
    assert.equal(eyes?.count, 3);
    assert.deepEqual(assessments.report('other').assessment, null);
  });

  it('end by themselves after their time, and keep what they have', (t) => {
    const { clock, open } = setUp(t);
    const assessments = open();
    assessments.start('cam', 2, by);
    pass(assessments, 'a', 20);
    clock.advance(119_000);
    assert.equal(assessments.report('cam').running, true);
    clock.advance(2_000);
    const { running, assessment, endsAt, stoppedAt } = assessments.report('cam');
    assert.equal(running, false);
    assert.equal(stoppedAt, endsAt);
    pass(assessments, 'b', 20);
    assert.equal(assessments.report('cam').assessment?.tracks, 1);
    assert.equal(assessment?.tracks, 1);
    const rate = assessment?.measures.find(({ measure }) => measure === 'frameRate');
    assert.equal(rate?.count, 11);
  });

  it('end early, on record, and start again from nothing', (t) => {
    const { audit, open } = setUp(t);
    const assessments = open();
    assessments.start('cam', 60, by);
    pass(assessments, 'a', 20);
    assessments.stop('cam', by);
    assert.equal(assessments.report('cam').assessment?.tracks, 1);
    assessments.stop('cam', by);
    assessments.start('cam', 30, by);
    assert.equal(assessments.report('cam').assessment?.tracks, 0);
    const records = audit
      .list({ order: 'oldest' })
      .map(({ who, what, target }) => [who, what, target]);
    assert.deepEqual(
      records.filter(([, what]) => what?.startsWith('assessment')),
      [
        ['Chief', 'assessment.started', 'cam'],
        ['Chief', 'assessment.stopped', 'cam'],
        ['Chief', 'assessment.started', 'cam'],
      ],
    );
  });

  it('go on after a restart', (t) => {
    const { open } = setUp(t);
    const before = open();
    before.start('cam', 60, by);
    pass(before, 'a', 20);
    before.close();
    const after = open();
    pass(after, 'b', 20);
    const { running, assessment } = after.report('cam');
    assert.deepEqual([running, assessment?.tracks], [true, 2]);
  });

  it('start for none where the data folder is full', (t) => {
    const { open, store } = setUp(t);
    const assessments = open();
    const empty = fillDisk(store);
    // Free pages of the file take a few.
    let refused = '';
    for (let n = 0; n < 40 && refused === ''; n += 1) {
      try {
        assessments.start(`cam${n}`, 60, by);
      } catch {
        refused = `cam${n}`;
      }
    }
    assert.notEqual(refused, '');
    assert.equal(assessments.report(refused).running, false);
    empty();
    assessments.start(refused, 60, by);
    assert.equal(assessments.report(refused).running, true);
  });

  it('are deleted some time after their end', (t) => {
    const { clock, open, table } = setUp(t);
    const assessments = open();
    assessments.start('cam', 60, by);
    assert.equal(table.purge(clock.now() + 1), 0);
    assessments.stop('cam', by);
    assert.equal(table.purge(clock.now() + 1), 1);
    assert.equal(assessments.report('cam').startedAt, null);
  });
});
