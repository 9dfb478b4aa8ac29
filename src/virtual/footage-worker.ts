import { parentPort, workerData } from 'node:worker_threads';
import { isNightglassError } from '../errors.ts';
import { renderDemoPart } from './footage/demo-footage.ts';
import type { FootageJob, FootageReport } from './footage/footage-job.ts';
import { GeneratedFacePainter } from './footage/generated-face-painter.ts';

/** Body of the worker thread that renders the demo's footage, see `createDemoCameras`. */
async function work(job: FootageJob): Promise<void> {
  await using painter = await GeneratedFacePainter.open(job.modelPath);
  const { part, seeds } = job;
  const footage = await renderDemoPart(part, painter, seeds, (share) => {
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
