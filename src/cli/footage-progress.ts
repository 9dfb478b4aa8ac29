import type { FootageFigures } from '../domain/footage.ts';
import type { Recording } from '../streams/recorded/find-recordings.ts';
import { clockText } from './footage-text.ts';
import { showProgress } from './progress.ts';

/** Share, speed and time left; of files that do not say how long they are, seconds alone. */
export function progressOf(recordings: readonly Recording[], before = 0) {
  const total = recordings.reduce((sum, { seconds }) => sum + (seconds ?? Number.NaN), 0);
  const progress = showProgress('footage');
  // A quick look may go first.
  let started: number | undefined;
  let done = before;
  return {
    seconds: () => done,
    update({ seconds }: FootageFigures) {
      done = seconds;
      if (Number.isNaN(total)) return;
      started ??= performance.now();
      const took = (performance.now() - started) / 1_000;
      const speed = took > 0 ? (seconds - before) / took : 0;
      const left = speed > 0 ? `, ${clockText((total - seconds) / speed)} left` : '';
      progress.update(seconds / total, `${speed.toFixed(1)} times as fast as recorded${left}`);
    },
    done: () => progress.done(),
  };
}
