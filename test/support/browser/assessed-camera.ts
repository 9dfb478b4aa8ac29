import { type Cause, causes } from '../../../src/domain/assessment/causes.ts';
import { type Gathered, nothingGathered } from '../../../src/domain/assessment/gathered.ts';
import { binOf } from '../../../src/domain/assessment/histogram.ts';
import { type Measure, measures } from '../../../src/domain/assessment/measures.ts';
import { AssessmentTable } from '../../../src/store/assessment-table.ts';
import { createStore } from '../../../src/store/create-store.ts';

const people = 80;

/** What an hour at a camera gathers that hangs high, in poor light, with people who hurry by. */
export function poorHour(): Gathered {
  const gathered = nothingGathered();
  const count = (measure: Measure, value: number) => add(gathered.counts[measure], measure, value);
  const atWork: readonly Cause[] = ['dark', 'motion', 'pitch'];
  for (let person = 0; person < people; person += 1) {
    // Somewhere between the least and the most, most of them in the middle.
    const spread = (least: number, most: number) =>
      least + (most - least) * (0.5 + 0.5 * Math.sin(person * 7.3) * Math.abs(Math.sin(person)));
    const eyes = spread(7, 19);
    count('interEyeDistance', eyes);
    count('effectiveDistance', eyes * 0.7);
    count('recognisability', spread(0.3, 0.8));
    count('sharpness', spread(-0.1, 0.9));
    count('directionalBlur', spread(0.3, 0.8));
    count('brightness', spread(15, 70));
    count('noise', spread(3, 11));
    count('yaw', spread(-50, 45));
    count('pitch', spread(-45, -10));
    count('framesPerTrack', spread(3, 60));
    count('keyframesPerTrack', spread(0, 4));
    for (const cause of causes) {
      if (!atWork.includes(cause)) continue;
      gathered.causes[cause].tracks += 1;
      add(gathered.causes[cause].seen, 'interEyeDistance', eyes);
      add(gathered.causes[cause].effective, 'interEyeDistance', eyes * 0.7);
    }
  }
  for (let sample = 0; sample < 360; sample += 1) {
    count('frameRate', 11.5);
    count('bitsPerPixel', 0.05);
    count('sceneBrightness', 45 + (sample % 20));
  }
  return {
    ...gathered,
    ...{ seconds: 3_590, frames: 41_000, faces: 2_900, tracks: people, usable: 62, pooled: 41 },
    unusable: { sharpness: 9, pitch: 6, not_a_face: 3 },
  };
}

function add(counts: number[], measure: Measure, value: number): void {
  const bin = binOf(value, measures[measure].edges);
  counts[bin] = (counts[bin] ?? 0) + 1;
}

/** Puts an assessment that has ended in the place of what a camera's was. */
export function endedAssessment(dataDir: string, cameraId: string, gathered: Gathered): void {
  const store = createStore({ dataDir });
  try {
    const stoppedAt = Date.now() - 60_000;
    const startedAt = stoppedAt - 3_600_000;
    const run = { cameraId, startedAt, endsAt: stoppedAt, stoppedAt, gathered };
    store.write(() => new AssessmentTable(store).put(run));
  } finally {
    store.close();
  }
}
