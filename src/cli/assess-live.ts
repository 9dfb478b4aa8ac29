import type { CameraAssessment } from '../client/nightglass-client.ts';
import type { Assessment } from '../domain/assessment/assessment.ts';
import { NightglassError } from '../domain/errors.ts';
import { answerOf, type GatewayChoice, gatewayClient } from './gateway-client.ts';
import { showProgress } from './progress.ts';

export interface AssessLiveOptions extends GatewayChoice {
  readonly minutes: number;
  /** Shows what there is and starts nothing. */
  readonly show?: boolean;
}

/** Between two questions how far it has come, milliseconds. */
const askEvery = 2_000;

/**
 * Lets a running Nightglass assess a camera and waits for it; an interrupt ends it early, with
 * what there is.
 * @throws NightglassError what it answers with, `NOT_FOUND` where there is nothing to show
 */
export async function assessLive(id: string, options: AssessLiveOptions): Promise<Assessment> {
  const { address, minutes, show = false } = options;
  const client = gatewayClient(options);
  const ask = <T>(asked: Promise<T>) => answerOf('assess', address, asked);
  if (show) return assessmentOf(id, await ask(client.assessment(id)));
  await ask(client.startAssessment(id, minutes));
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  const progress = showProgress(`assess ${id}`);
  try {
    for (;;) {
      const report = await ask(client.assessment(id));
      const { endsAt, running, startedAt } = report;
      if (!running) return assessmentOf(id, report);
      progress.update((Date.now() - (startedAt ?? 0)) / ((endsAt ?? 1) - (startedAt ?? 0)));
      await sleep(askEvery, interrupted.signal);
      if (interrupted.signal.aborted) await ask(client.stopAssessment(id));
    }
  } finally {
    progress.done();
    process.off('SIGINT', stop);
  }
}

function assessmentOf(id: string, { assessment }: CameraAssessment): Assessment {
  if (assessment !== null) return assessment;
  throw new NightglassError('NOT_FOUND', `Cannot show an assessment of ${id}: there is none`, {
    hint: 'Leave --show out to start one.',
  });
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
