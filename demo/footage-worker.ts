import { parentPort, workerData } from 'node:worker_threads';
import { isNightglassError, NightglassError } from '../src/domain/errors.ts';
import { renderDemoPart } from './footage/demo-footage.ts';
import type { FootageJob, FootageReport } from './footage/footage-job.ts';
import { GeneratedFacePainter } from './footage/generated-face-painter.ts';

/** Body of the worker thread that renders the demo's footage, see `createDemoCameras`. */
async function work(job: FootageJob): Promise<void> {
  await using painter = await GeneratedFacePainter.open(job.modelPath);
  const { part, seeds } = job;
  const stop = new Int32Array(job.stop);
  const footage = await renderDemoPart(part, painter, seeds, (share) => {
    // Ended from within: a thread that is terminated in native code takes the process with it.
    if (Atomics.load(stop, 0) !== 0)
      throw new NightglassError('ENVIRONMENT', 'Cannot go on: stopped');
    tell({ kind: 'progress', share });
  });
  tell({ kind: 'done', footage });
}

function tell(report: FootageReport): void {
  parentPort?.postMessage(report);
}

work(workerData as FootageJob).catch((error: unknown) => {
  tell({
    kind: 'failed',
    code: isNightglassError(error) ? error.code : 'ENVIRONMENT',
    message: error instanceof Error ? error.message : 'Cannot render the demo',
  });
});
